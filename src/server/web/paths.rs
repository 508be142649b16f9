//! Paths of this site: those that pages link to though no page answers them, and what a path tells.

use axum::http::{HeaderMap, header};

use super::headers::header_text;

/// The editor of rules, a page and the form that it sends.
pub const RULES_DRAFT: &str = "/admin/rules/draft";
/// Where a draft is published, at once or for a time to come.
pub const RULES_PUBLISH: &str = "/admin/rules/publish";
/// Where a file of a reward's codes is sent, and its picture.
pub const TRACKING: &str = "/admin/redemptions/tracking";
pub const REWARD_CODES: &str = "/admin/rewards/{id}/codes";
pub const REWARD_PICTURE: &str = "/admin/rewards/{id}/picture";
/// Where files are sent to be imported, a page too; and the rows of one that were refused.
pub const IMPORTS: &str = "/admin/imports";
pub const IMPORT_REFUSED_CSV: &str = "/admin/imports/{id}/refused.csv";
/// Where the choice of columns and density of lists is sent.
pub const PREFERENCES_LISTS: &str = "/preferences/lists";
/// Whole tables as files, a page too.
pub const EXPORTS: &str = "/admin/exports";
pub const EXPORT_GO_ON: &str = "/admin/exports/{id}/go-on";
pub const EXPORT_FILE: &str = "/admin/exports/{id}/file";
/// Where the programme's logo is sent.
pub const LOGO: &str = "/admin/settings/logo";
/// The rules lab, a page and the form that it sends.
pub const LAB: &str = "/admin/lab";
/// What the lab's page asks for while somebody types.
pub const LAB_LIVE: &str = "/admin/lab/live";
/// What it asks for once they have stopped: the exact run.
pub const LAB_EXACT: &str = "/admin/lab/exact";
/// Where it keeps what is being typed; also what that is called when it comes back.
pub const LAB_KEPT: &str = "/admin/lab/typing";
/// Where rules are found that reach goals, a page and the form that it sends.
pub const LAB_FIND: &str = "/admin/lab/find";
/// The tables of a run of the lab.
pub const LAB_CSV: &str = "/admin/lab/csv";
/// What lets a phone keep the portal among its apps.
pub const MANIFEST: &str = "/manifest.webmanifest";
/// Where a member does without a kind of e-mails: a page, and what mailboxes send on their own.
pub const UNSUBSCRIBE: &str = "/unsubscribe";
/// A member's statement with proofs, as JSON.
pub const STATEMENT_JSON: &str = "/activity/statement.json";
/// The dashboard's numbers for a spreadsheet.
pub const OVERVIEW_CSV: &str = "/admin/overview.csv";
/// The list of members for a spreadsheet, and a member's ledger.
pub const MEMBERS_CSV: &str = "/admin/members.csv";
/// The audit log for a spreadsheet.
pub const AUDIT_CSV: &str = "/admin/audit.csv";
/// The adjustments that were decided, for a spreadsheet.
pub const ADJUSTMENTS_CSV: &str = "/admin/adjustments.csv";
/// What the console's palette shows for what is typed.
pub const FIND_JSON: &str = "/admin/find.json";
/// The list of redemptions for a spreadsheet, and a payout batch for the bank.
pub const REDEMPTIONS_CSV: &str = "/admin/redemptions.csv";
pub const BATCH_CSV: &str = "/admin/redemptions/batches/{id}/file.csv";
/// A reward's codes, and the outbox.
pub const REWARD_CODES_CSV: &str = "/admin/rewards/{id}/codes.csv";
pub const REFUSED_CSV: &str = "/admin/refused.csv";
pub const MAIL_CSV: &str = "/admin/mail.csv";
pub const LEDGER_CSV: &str = "/admin/members/{id}/ledger.csv";
/// A member's statement for a spreadsheet.
pub const STATEMENT_CSV: &str = "/activity/statement.csv";

/// Whether a page or function belongs to the console.
pub fn is_console(path: &str) -> bool {
    let is_below = |root: &str| path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    is_below("/admin") || is_below("/api/admin")
}

/// The sign-in page, which comes back to where somebody wanted to go.
pub fn sign_in_then(sign_in: &str, path: &str) -> String {
    match path {
        "" | "/" | "/admin" => sign_in.to_owned(),
        path => format!("{sign_in}?next={}", form_urlencoded::byte_serialize(path.as_bytes()).collect::<String>()),
    }
}

/// `next` as a path of this very site, if it is one.
pub fn local_path(next: &str) -> Option<&str> {
    let is_local = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    is_local.then_some(next)
}

/// Where the browser was, as a path of this site: only the path and the query are looked at.
pub fn path_of_referer(headers: &HeaderMap) -> Option<String> {
    let uri: http::Uri = header_text(headers, header::REFERER)?.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    local_path(path).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_site_is_gone_to_after_signing_in() {
        assert_eq!(local_path("/activity?month=2026-11"), Some("/activity?month=2026-11"));
        for foreign in ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\nb"] {
            assert_eq!(local_path(foreign), None, "{foreign}");
        }
    }
}
