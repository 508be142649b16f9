use super::Lab;
use crate::i18n::wording::Noun;

pub fn lab(noun: &'static Noun) -> Lab {
    Lab {
        title: "Rules lab",
        about: "Change anything on the left and see what it would have done to every member over the whole history. Nothing here affects members.",
        draft: "Draft",
        result: "Result",
        run: "Run exactly",
        estimate: "Estimate",
        check: "Check the rules in force",
        check_about: "Simulates the rules in force on their own history: no member may come out different.",
        take_over: "Use as the draft…",
        take_over_sure: "The rules draft becomes what is on this page. Nothing changes for members until it is published.",
        taken_over: "The draft is now what you tried. Nothing changes until you publish it.",
        span: "Apply the draft",
        span_whole: "to the whole history",
        span_in_force: "since the version in force began",
        nothing_yet: "Nothing has been run yet",
        nothing_yet_about: "Change a weight or a threshold on the left and run it.",
        nobody_yet: "There are no members yet",
        nobody_yet_about: "A draft is tried on what members have done. Import a history or send the first events, then run it again.",
        runs: "Runs",
        all_runs: "All runs",
        no_runs: "Nothing has been run yet.",
        runs_kept: |most| format!("The newest {most} runs are kept."),
        made_by: "Run by",
        runs_about: "Pick two to four to compare them.",
        compare: "Compare",
        compare_title: "Drafts side by side",
        compare_none: "Pick two to four runs that are done.",
        compare_most: |picked, shown| format!("You picked {picked}. The first {shown} are compared."),
        states: ["Waiting", "Running", "Done", "Stopped", "Failed"],
        exact: "exact",
        is_check: "Check",
        sampled: |n| format!("1 in {n} members"),
        waiting: "It starts once the runs before it have finished. You can leave this page and come back.",
        running: |done, of| format!("{done} of {of} members. You can leave this page and come back."),
        reading: |done, of| {
            format!("Reading the history into memory: {done} of {of} members. You can leave this page and come back.")
        },
        too_large: |[wanted, most, minutes], one| {
            let unit = if one { "minute" } else { "minutes" };
            format!(
                "The history is too large for this server’s memory: it would take {wanted} MiB of the {most} MiB allowed. An exact run reads it from the database and takes about {minutes} {unit}."
            )
        },
        progress: "Progress of the run",
        stop: "Stop",
        stopped: "The run is stopped.",
        refresh: "Refresh",
        was_stopped: "This run was stopped; it has no result.",
        failed: |code| format!("The run failed ({code}). Try it again; the log has more."),
        keeps_awards: noun.say(
            "The draft changes which invitations earn {units}. That is not simulated: invitations stay as they were awarded.",
        ),
        as_of: Box::new(|at, members, entries| format!("Everything posted by {at}: {members} members, {entries} entries.")),
        live_failed: "No estimate right now. What you typed is still here; the buttons on the left work without it.",
        live_faults: "Fix this to see the estimate:",
        automatic_waiting: "Exact run: starts once the runs before it have finished.",
        automatic_running: |done, of| {
            format!("Exact run under way: {done} of {of} members. Its result takes the place of the estimate.")
        },
        automatic_stopping: "Exact run: stopping.",
        automatic_stopped: "The exact run was stopped; the estimate stands. “Run exactly” starts it again.",
        automatic_too_long: |events, minutes, one| {
            let unit = if one { "minute" } else { "minutes" };
            format!(
                "The history has {events} events: an exact run of this draft takes about {minutes} {unit} and does not start by itself. Use “Run exactly” when you want it."
            )
        },
        automatic_done: "Exact result, run automatically. It makes way for your next change unless you keep it.",
        automatic_keep: "Keep this run",
        automatic_kept: "The run is kept and listed under Runs.",
        automatic_gone: "That result has already made way for a newer one. Run it again to keep it.",
        typing_kept: "Not saved yet. What you typed is kept for 12 hours and comes back with this page.",
        typing_restored: "Not saved yet: what you typed before has been restored.",
        typing_drop: "Drop it",
        is_estimate: Box::new(move |[certain, drawn, rest], error| {
            format!(
                "An estimate from the {certain} members who have earned the most and {drawn} of the other {rest}. The change in outstanding {units} is within ±{error} in 19 of 20 such samples. Run exactly to be sure.",
                units = noun.units
            )
        }),
        check_good: |members| format!("0 of {members} members differ: the rules in force give exactly the ledger as it is."),
        check_bad: |n, members| format!("{n} of {members} members differ from the ledger. Run laurel verify."),
        headline_move: |down, up| format!("{down} members would be in a lower tier, {up} in a higher one."),
        headline_liability: Box::new(move |now, change| format!("Outstanding {} would be worth {now} ({change}).", noun.units)),
        unchanged: "unchanged",
        issued: "Issued",
        clawed_back: "Clawed back",
        redeemed: "Redeemed",
        expired: "Expired",
        outstanding: "Outstanding",
        liability: "Worth",
        lower: "In a lower tier",
        higher: "In a higher tier",
        in_force_column: ">In force",
        draft_column: ">Draft",
        change_column: ">Change",
        why_column: "~Why",
        in_force: "In force",
        under_draft: "Draft",
        change: "Change",
        was: |was| format!("in force {was}"),
        flow_title: "Who moves",
        flow_alt: "Members by tier under the rules as they were, on the left, and under the draft, on the right",
        spread_title: noun.say("{Units} members hold"),
        spread_alt: noun.say("Members by how many {units} they hold, in force and under the draft"),
        ladder_title: "Members along the tier ladder",
        ladder_alt: "Members by what tiers go by, with the thresholds: in force above, under the draft below",
        ladder_about: |what| {
            format!(
                "{what}, on a scale of doublings. Lines are where tiers start: in force above, under the draft below, where the outline is as in force."
            )
        },
        ladder_lasts: "Tiers last for a period, so some members are in a higher tier than their figure says.",
        ladder_of: |what, when| format!("{what}, {when}"),
        ladder_this_year: "this calendar year",
        ladder_months: |months| {
            if months == 1 { "this month".to_owned() } else { format!("this month and the {} before", months - 1) }
        },
        range: noun.say("{Units}"),
        members: "Members",
        below_zero: "in debt",
        zero: "none",
        months_title: noun.say("Worth of outstanding {units}, month by month"),
        months_alt: noun.say("Worth of outstanding {units} at the end of each month, in force and under the draft"),
        month: "Month",
        sources_title: noun.say("Where {units} come from"),
        source: "Source",
        segments_title: "By how members pay (RFM)",
        segments_about: |days, often, much| {
            format!(
                "Recent: paid within the last {days} days. Often: at least {often} payments ever. Much: at least {much} in all, less refunds. Often and much are set where they come closest to dividing those who have paid in half."
            )
        },
        segments: [
            "Champions: recent, often, much",
            "Big spenders: recent, seldom, much",
            "Regulars: recent, often, little",
            "Occasional: recent, seldom, little",
            "Lapsed champions: often, much",
            "Lapsed big spenders: seldom, much",
            "Lapsed regulars: often, little",
            "Lapsed occasional: seldom, little",
            "Never paid",
        ],
        segment: "Segment",
        members_column: ">Members",
        payments_column: ">Payments",
        paid_column: ">Paid",
        issued_in_force: ">Issued, in force",
        issued_draft: ">Issued, draft",
        per_member: ">Per member",
        moves_column: ">Tier changes",
        tier_in_force: "Tier in force",
        tier_under_draft: "Tier under the draft",
        gain_title: "Gain most",
        lose_title: "Lose most",
        member: "Member",
        why: "Why?",
        nobody: "Nobody.",
        short: Box::new(move |redemptions, members, points| {
            let points = noun.counted(points);
            format!("{redemptions} redemptions by {members} members would not have been affordable: {points} short in all.")
        }),
        left_out: |n| {
            format!("The history of {n} members cannot be simulated under this draft. They are left out of all figures.")
        },
        as_table: "As a table",
        csv: "CSV",
        explain_title: |who| format!("{who}: event by event"),
        explain_about: "What each event earned or took, and what it would have under the draft. Rows that differ are marked.",
        when: "When",
        what: "What",
        due_work: "Due",
        points_in_force: "In force",
        points_draft: "Draft",
        tier: "Tier",
        ends_with: "Ends with",
        only_differing: "Only what differs",
        all_events: "All events",
        back: "Back to the run",
        to_lab: "Rules lab",
        new_run: "Try something else",
        changes: "Changes",
        publish_runs: "Effect on the whole history",
        publish_none: "Not simulated exactly yet. Below is what it does by an estimate.",
        publish_as_of: |at| format!("Exactly this draft was simulated, with everything posted by {at}."),
        simulate_now: "Simulate this draft",
        see_run: "See the result",
    }
}
