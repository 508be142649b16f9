use super::Admin;

pub static ADMIN: Admin = Admin {
    console: "Console",
    navigation: "Console",
    dashboard: "Dashboard",
    members: "Members",
    programme: "Programme",
    rules: "Rules",
    benefits: "Benefits",
    rewards: "Rewards",
    redemptions: "Redemptions",
    adjustments: "Adjustments",
    system: "System",
    staff: "Staff",
    keys: "API keys",
    audit: "Audit",
    settings: "Settings",
    crumbs: "Where you are",
    has_draft: "Draft",
    waiting: "waiting:",
    account: "My account",
    sign_out: "Sign out",
};
