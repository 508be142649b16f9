use super::Adjust;
use crate::i18n::wording::Noun;

pub fn adjust(noun: &'static Noun) -> Adjust {
    Adjust {
        title: noun.say("调整{units}"),
        about: noun.say("填写要增加的{units}，减少则加负号。下一页显示调整结果，确认之前不会有任何变动。"),
        about_limit: Box::new(move |give, take, limit, hours| {
            format!(
                "您现在还可为该会员自行增加 {give} {units}、减少 {take} {units}。{}内，同一操作人经手和同一会员名下的增加、减少各自累计，\
                 超过 {limit} {units}须由第二人审批。",
                in_hours(hours),
                units = noun.units
            )
        }),
        points: noun.say("增加的{units}（减少则加负号）"),
        points_hint: "如 50 或 -12.50",
        go_on: "下一步",
        title_of: Box::new(move |member| format!("调整 {member} 的{units}", units = noun.units)),
        before: "当前可用",
        given: "增加",
        taken: "减少",
        after: "调整后可用",
        debt_before: "当前欠分",
        debt_after: "调整后欠分",
        large: Box::new(move |left, limit, hours| {
            format!(
                "超出{}内 {limit} {units}上限的剩余额度（{left}）：将提交申请，经他人批准后才会入账。",
                in_hours(hours),
                units = noun.units
            )
        }),
        reason: "原因",
        reason_hint: noun.say("会员可在{units}明细中看到。最多 500 个字符。"),
        give: Box::new(move |points| format!("增加 {points} {units}", units = noun.units)),
        take: Box::new(move |points| format!("减少 {points} {units}", units = noun.units)),
        propose: "提交审批",
        posted: Box::new(move |points| format!("已调整 {points} {units}。", units = noun.units)),
        proposed: "已提交，经他人批准后入账。",
        closed: "该账户已注销。",
        was_reversed: |entry, by, points, at, who| {
            format!("第 {entry} 笔明细已冲正：{who} 于 {at} 通过第 {by} 笔明细冲正（{points}）。")
        },
        reversal_waits: |entry, points, at, who| {
            format!("第 {entry} 笔明细的冲正（{points}）正在等待审批：{who} 于 {at} 提出。")
        },
        reverses_again: "批准后将对这笔明细再次冲正。",
        reverse_again: "仍要再次冲正",
        already_reversed: "这笔明细已冲正，或冲正正在等待审批。如确需再次冲正，请勾选“仍要再次冲正”。",
        form_used: noun.say("此表单已提交过，结果见{units}明细或待审批的申请。"),

        proposals: noun.say("{units}调整"),
        proposals_about: "等待第二人审批的大额调整。提交人可以撤回，但不能自行批准。",
        waiting: "待审批",
        nothing_waits: "没有待审批的调整。",
        nothing_waits_about: "超过上限的调整会出现在这里，由他人审批。",
        decided: "已处理",
        nothing_decided: "还没有处理过的申请。",
        member: "会员",
        points_column: noun.say(">{units}"),
        proposed_by: "提交人",
        decided_by: "处理人",
        when: "时间",
        state_label: "状态",
        states: ["待审批", "已入账", "已驳回", "已撤回"],
        review: "审核",
        approve_title: Box::new(move |points, member| format!("批准为 {member} 调整 {points} {units}？", units = noun.units)),
        decided_already: |state| format!("该调整已处理：{state}。"),
        approve: "批准",
        approve_points: Box::new(move |points| format!("批准 {points} {units}", units = noun.units)),
        reject: "驳回",
        objection: "驳回原因",
        withdraw: "撤回",
        approved: Box::new(move |points| format!("已批准并入账：{points} {units}。", units = noun.units)),
        rejected: "已驳回。",
        withdrawn: "已撤回。",
        for_others: "由其他有权限的人审批",
        pick_a_decision: "没有这种处理方式。",
        erased: "已清除",

        limit: "无须审批的调整上限",
        limit_about: "同一操作人经手的增加（无论给哪位会员）累计计算，同一会员获得的增加（无论由谁操作）也累计计算；减少亦然。经第二人批准的调整不计入。",
        limit_now: Box::new(move |limit, hours| {
            format!("现行上限：{}内 {limit} {units}。", in_hours(hours), units = noun.units)
        }),
        limit_points: noun.say("{units}（增加、减少分别计算）"),
        limit_hint: "填 0 则所有调整都须第二人审批。",
        limit_hours: "累计时长（小时）",
        limit_hours_hint: "24 为一天，720 为 30 天。",
        limit_reason: "放宽原因",
        limit_reason_hint: "提高上限或缩短时长须填写，并由另一位管理员批准；收紧上限立即生效。",
        limit_saved: "上限已保存。",
        limit_proposed: "已提交，经另一位管理员批准后生效。",
        limit_waits: Box::new(move |(now, now_hours), (to, to_hours)| {
            format!("由{}内 {now} {units}改为{}内 {to} {units}", in_hours(now_hours), in_hours(to_hours), units = noun.units)
        }),
        limit_asked: |who, when| format!("{who} 于 {when} 提交"),
        limit_own: "须由另一位管理员审批；您可以撤回。",
        limit_approved: "已批准，新上限生效。",
        limit_decided: "上限变更记录",
        limit_states: ["待审批", "已批准", "已驳回", "已撤回"],
        limit_column: "上限",
        limit_now_of: |limit, hours| format!("{}内 {limit}", in_hours(hours).trim()),
    }
}

fn in_hours(hours: u32) -> String {
    match hours {
        hours if hours > 24 && hours % 24 == 0 => format!(" {} 天", hours / 24),
        hours => format!(" {hours} 小时"),
    }
}
