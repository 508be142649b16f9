use super::Settings;

pub static SETTINGS: Settings = Settings {
    programme: "Programme",
    name: "Name",
    name_about: "On every page, in emails and on phones that keep the portal among their apps.",
    unit: "Unit name",
    unit_about: "What members collect: points, stars, miles. Pages, emails and statements use it at once.",
    unit_zh: "In Chinese",
    unit_one: "In English, one",
    unit_many: "In English, many",
    enrol: "Enrol unknown members",
    enrol_about: "When the first event of somebody unknown comes in by the API.",
    saved: "Settings saved.",
    currency: "Currency",
    time_zone: "Time zone",
    fixed: "Fixed since the first event: amounts and days of the whole history are in them.",
    not_fixed_yet: "Chosen when the programme was created. They can’t be changed once the first event is in.",

    look: "Look",
    look_about: "The portal, the console and emails wear it within seconds, on every server.",
    accent: "Accent colour",
    accent_about: "As #rrggbb. Laurel makes a shade of it for light and one for dark that can be read. Leave empty for Laurel’s own.",
    accent_own: "Laurel’s own green.",
    logo: "Logo",
    logo_about: "PNG, JPEG or WebP, up to 10 MB; a square with a transparent background looks best.",
    logo_none: "No logo yet: Laurel’s leaf stands there.",
    logo_upload: "Upload logo",
    logo_saved: "Logo saved.",
    logo_remove: "Remove logo",
    logo_removed: "Logo removed.",
    accent_moved: |chosen, ratio, shown, better| {
        format!(
            "{chosen} can’t be read everywhere: its contrast is {ratio} : 1, and 4.5 : 1 is the least. Links and buttons use {shown} \
             instead, at {better} : 1."
        )
    },
    accent_kept: |shown, ratio| format!("Links and buttons use {shown} just as chosen, at {ratio} : 1."),
    preview: "Preview",
    preview_light: "Light",
    preview_dark: "Dark",
    preview_button: "Redeem",
    preview_link: "All rewards",

    limits: "What needs a second person",
    limits_about: "Stricter limits apply at once. A looser one needs the approval of another administrator.",
    adjusting: "Adjusting points",
    publishing: "Publishing rules",
    change_it: "Change",
    mail: "Emails",
    mail_on: "Laurel sends emails.",
    mail_off: "This server sends no emails: it was started without --smtp.",
    mail_more: "Outbox",
};
