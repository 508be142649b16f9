use super::Islands;

pub static ISLANDS: Islands =
    Islands { copy: "复制", copied: "已复制", no_connection: "网络连接失败，请检查后再试。" };
