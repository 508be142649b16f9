use super::Islands;

pub static ISLANDS: Islands =
    Islands { copy: "Copy", copied: "Copied", no_connection: "No connection. Please check the network and try again." };
