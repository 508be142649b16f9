use super::Account;

pub static ACCOUNT: Account = Account { sign_in: "Sign in" };
