use super::MemberFile;

pub static FILE: MemberFile = MemberFile {
    tabs_label: "The member's file",
    tabs: ["Ledger", "Redemptions", "Benefits", "Tier history", "Log"],
    ledger_columns: [">No.", "When", "What", "Source", "Rules", ">Points", ">Balance"],
    none_match: "No entries match.",
    clear: "Clear the filter",
    export: "Export CSV",
    no_redemptions: "This member has not redeemed anything yet.",
    no_tier_changes: "The tier has never changed.",
    tier_columns: ["When", "Tier", "Because"],
    became: "from",
    held: "Benefits now",
    no_benefits: "This tier has no benefits.",
    left: |left, most| format!("{left} of {most} left"),
    always: "always",
    open_codes: "Codes that can be used",
    ended_codes: "Codes that have ended",
    no_codes: "No benefit has been claimed.",
    code_columns: ["Code", "Benefit", "Valid until"],
    csv_columns: ["id", "external_id", "name", "email", "phone", "tier", "status", "available", "pending", "owed", "registered_at"],
    version: |version| format!("v{version}"),
};
