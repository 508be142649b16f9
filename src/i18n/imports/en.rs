use super::Imports;
use crate::i18n::wording::Noun;

pub fn imports(noun: &'static Noun) -> Imports {
    Imports {
        title: "Import and export",
        tabs: ["Import", "Export"],
        about: "Upload a CSV file and see what is in it. Nothing is imported until you say so.",
        content: "Content of the file",
        kinds: ["Members", "Events", "Voucher codes"],
        kinds_about: [
            "New external IDs become members, and members who exist are updated. An empty cell changes nothing.",
            "Payments, refunds, referrals and reviews from before. Each is posted as of when it happened, under the rules of that time. An event is identified by its source and ID: importing it again changes nothing.",
            "Codes for a reward whose codes you upload. Codes that are there already are skipped.",
        ],
        columns: "Columns",
        lines_about: "Or NDJSON: every line a JSON object with the same fields as an event of the API.",
        columns_about: "The first line names the columns, in any order. UTF-8, separated by commas.",
        required: "required",
        example: "Example",
        source: "Source",
        source_hint: "Where the events come from: the name that the payment system’s API key has.",
        enrol: "Create members who are not known yet, registered at their first event",
        reward: "Reward",
        no_pools: "There is no reward with uploaded codes.",
        file: "CSV file",
        file_hint: |most| format!("Up to {most} MB. For larger files there is the command “laurel import”."),
        upload: "Upload and check",
        list: "Imports",
        none: "No imports yet",
        none_about: "Files that your team imports are listed here with what came of them.",
        list_columns: ["File", "Content", "Status", ">Imported", ">Refused", "Uploaded"],
        states: ["Uploading", "Not started", "Waiting", "Importing", "Done", "Stopped", "Failed"],
        uploaded_by: |name, at| format!("Uploaded by {name}, {at}"),
        started_by: |name, at| format!("Started by {name}, {at}"),
        ended_at: |at| format!("Ended {at}"),
        looked_at: "In this file",
        rows: |rows| if rows == "1" { "1 row".to_owned() } else { format!("{rows} rows") },
        event_kinds: [("payment", "Payments"), ("refund", "Refunds"), ("referral", "Referrals"), ("review", "Reviews")],
        from_to: |first, last| format!("From {first} to {last}"),
        first_rows: "First rows",
        at_fault: |rows| {
            if rows == "1" {
                "1 row can’t be read and will be refused".to_owned()
            } else {
                format!("{rows} rows can’t be read and will be refused")
            }
        },
        at_fault_some: |shown| format!("The first {shown} are shown."),
        line: |line| format!("Line {line}"),
        line_is: |line, reason| format!("Line {line}: {reason}"),
        fault_of: |field, fault| format!("{field} {fault}"),
        whole_row: "the row",
        other_fault: |code| format!("refused ({code})"),
        what_happens: "What importing does",
        members_happen: noun.say("Members who are not known yet are created; those who are known get the name, phone number and language that the file gives them. Their email addresses stay: a new one is entered on the member’s own page and confirmed by its owner. Nobody is removed, and no {units} change."),
        events_happen: Box::new(move |source, enrol| {
            let members = if enrol {
                "Members who are not known yet are created."
            } else {
                "Events of members who are not known are refused."
            };
            format!(
                "The events are posted in the order of the file under the source “{source}”, and {units} and tiers follow from them. {members} What is in the ledger cannot be deleted, only corrected by further entries.", units = noun.units)
        }),
        codes_happen: |reward| format!("The codes are added to “{reward}” and can be redeemed from then on."),
        start: |rows, refused| {
            let rows = if rows == "1" { "Import 1 row".to_owned() } else { format!("Import {rows} rows") };
            if refused == "0" { rows } else { format!("{rows} ({refused} will be refused)") }
        },
        started: "Import started.",
        discard: "Delete the file",
        discarded: "File deleted.",
        under_way: "Importing",
        waiting: "Waiting for the import before it.",
        progress: |share, rows| format!("{share} · {rows} rows so far"),
        leave: "You can leave this page: the import goes on, even if a server is restarted.",
        stopping: "Stopping after the rows in progress.",
        stopped: "The import is being stopped. What has been imported stays.",
        result: "Result",
        added: ["Created", "Accepted", "Added"],
        updated: "Updated",
        known: ["Unchanged", "Known already", "There already"],
        refused: "Refused",
        go_on: |line| format!("Continue at line {line}"),
        go_on_about: |days| format!("What was imported stays. The file is kept for {days} days."),
        file_gone: "The file has been deleted. To go on, upload it again: what is in already is not imported twice.",
        failed: |why| format!("The import failed: {why}. What was imported until then stays."),
        refused_rows: "Refused rows",
        refused_about: |days| {
            format!(
                "Put them right in the downloaded file and import that: its extra columns are ignored. Refused rows are kept for {days} days."
            )
        },
        refused_most: |most| format!("Only the first {most} are kept."),
        refused_csv: "Download refused rows (CSV)",
        refused_gone: "The refused rows are no longer kept.",
        refused_columns: ["Line", "Reason", "Row"],
        more: "Next rows",
        empty: "The file has no rows.",
        missing_column: |name| format!("The file has no column “{name}”."),
        unknown_column: |name| {
            format!("“{name}” is not a column of this content. Check the first line, and the content selected above.")
        },
        column_twice: |name| format!("The file has the column “{name}” twice."),
        too_large: |most| format!("The file is larger than {most} MB. Split it, or use the command “laurel import”."),
        too_many: "Too many uploaded files are waiting to be started. Start or delete some of them first.",
        broke_off: "The file did not arrive completely. Select it again.",
        export_about: "Everything as a CSV file for spreadsheets and other systems. Large files take a while. Each export is recorded in the audit log. A filtered list has a CSV of its own on its page.",
        exports: ["Members", "Ledger entries", "Redemptions", "Voucher codes", "Audit log"],
        exports_about: [
            noun.say("Contacts, tier, status and {units}; by date of registration."),
            "Every entry with its cause and hash, member by member; by the date it happened.",
            "Cash, vouchers and gifts with their status; by date of request.",
            "Of uploaded codes. Codes that nobody has seen yet show their last four characters only; by date added.",
            "Who did what to what, and what changed; by date.",
        ],
        from: "From",
        to: "Through",
        days_hint: |zone| format!("Without dates, everything is exported. Days are those of {zone}."),
        download: "Export CSV",
        export_large: |rows| format!("Whatever has more than {rows} rows becomes a file first. You see how far it is, and can leave meanwhile."),
        export_keep: "Make a file to download later",
        export_list: "Files",
        export_columns: ["File", "Content", "Status", ">Rows", ">Size", "Started"],
        export_states: ["Under way", "Ready", "Stopped", "Broken off", "Deleted"],
        export_under_way: "Export",
        export_counting: "Counting the rows …",
        export_progress: |share, rows, size| format!("{share} · {rows} rows written, {size}"),
        export_leave: "You can leave this page; the export goes on.",
        export_forsaken: "The server that wrote this file has gone. Another one takes over within a minute, from where it stopped.",
        export_is_stopped: "Export stopped.",
        export_ready: "The file is ready",
        export_fetch: "Download",
        export_has: |rows, size| if rows == "1" { format!("1 row, {size}.") } else { format!("{rows} rows, {size}.") },
        export_kept_for: |days| format!("It is kept for {days} days. A download that breaks off goes on where it was."),
        export_erasure: "When a member’s personal data is erased, kept files that could name them are deleted.",
        export_outdated: "This file is deleted",
        export_outdated_about: |when| {
            format!("The personal data of a member was erased on {when}, and the file could have named them. A new export is without it.")
        },
        export_again: "Export again",
        export_remove: "Remove from the list",
        export_stopped: "The export was stopped.",
        export_broke_off: "The export broke off; what is written is kept.",
        export_go_on: |row| format!("Continue from row {row}"),
        export_discard: "Delete file",
        export_discarded: "File deleted.",
        export_too_many: "20 files are kept already. Delete one that nobody needs any more.",
        entry_columns: [
            "member",
            "external_id",
            "entry",
            "occurred_at",
            "posted_as_of",
            "kind",
            "points",
            "balance",
            "tier",
            "rules",
            "source",
            "event_id",
            "amount",
            "hash",
        ],
        code_columns: ["reward", "code", "added_at", "status", "redemption", "revealed_at"],
        code_states: ["free", "held", "revealed"],
        audit_columns: ["at", "by", "action", "object", "before", "after"],
    }
}
