use super::RulesDesk;
use crate::i18n::wording::Noun;

pub fn rules_desk(noun: &'static Noun) -> RulesDesk {
    RulesDesk {
        about: "以下是现行规则。修改先在草稿中准备，发布之前会员不受任何影响。",
        start_draft: "新建草稿",
        edit_draft: "编辑草稿",
        put_back: "恢复",
        draft_put_back: "草稿已恢复。",
        was_discarded: |when| format!("有一份草稿已于 {when} 放弃。"),
        discarded_title: "已放弃的草稿",
        discarded_about: |days| format!("放弃的草稿可在 {days} 天内恢复。"),
        discarded_about_draft: |days| format!("放弃的草稿可在 {days} 天内恢复；请先发布或放弃当前草稿。"),
        discarded_by: |when, who| match who {
            Some(who) => format!("{who} 于 {when} 放弃"),
            None => format!("{when} 放弃"),
        },
        draft_title: "规则草稿",
        back_to_rules: "现行规则",
        versions: "版本",
        from_the_start: "自始生效",
        since: |day| format!("{day}起生效"),
        comes: |at, days| format!("{at}生效{}", within(days)),
        edit: "编辑",
        withdraw: "撤回…",
        withdraw_sure: |version| format!("第 {version} 版将不会生效。其内容成为草稿；若已有草稿，则保留现有草稿。"),
        withdraw_yes: |version| format!("撤回第 {version} 版"),
        withdrawn: |version| format!("第 {version} 版已撤回，不会生效。"),
        withdrawn_chip: "已撤回",
        withdrawn_by: |at, who| format!("{at}撤回 · {who}"),
        show_version: |version| format!("查看第 {version} 版"),
        compared_with_force: "与现行规则比较",

        payment_earns: |unit, points| [format!("每支付 {unit} 获得 "), format!(" {points}")],
        referral_earns: |points| ["每次推荐获得 ".to_owned(), format!(" {points}。")],
        review_earns: |points| ["每条评价获得 ".to_owned(), format!(" {points}。")],
        times: "，再乘以场景倍数和会员等级倍数。",
        scenes: "场景",
        scenes_alike: "所有场景倍数相同，均为 1。",
        rounded: Box::new(move |precision, mode| format!("{}精度：{precision}；舍入方式：{mode}。", noun.units)),
        tiers: "等级与权益",
        by: |basis| format!("门槛（{basis}）"),
        limits: "上限与期限",
        no_cap: "不限",
        a_day: |points| format!("每日 {points}"),
        a_month: |points| format!("每月 {points}"),
        cap_of: Box::new(move |kind| format!("{kind}{}上限", noun.units)),
        first_payment: noun.say("受邀人首次支付达到后邀请人获得{units}"),
        any_payment: "任意金额",
        at_least: |amount| format!("不低于 {amount}"),
        redeeming: "兑换与退款",
        rate: "兑换现金",
        rate_is: |points, cash| format!("{points}兑 {cash}"),
        no_benefits: "无",

        at_once_title: "立即发布",
        at_once: |at| format!("发布即生效：{at}。"),
        later_title: "定时发布",
        later_hint: |zone| format!("按项目所在时区 {zone}，最多提前一年。"),
        review: "核对时间",
        from_then: |version, at, days| format!("第 {version} 版将于 {at} 生效{}。", within(days)),
        other_time: "更改时间",
        takes_place_of: |version, at| format!("发布后，原定于 {at} 生效的第 {version} 版将被撤回，由本草稿取代。"),
        publish_scheduled: "定时发布",
        stays: "生效之前可以随时编辑或撤回。",
    }
}

fn within(days: i64) -> String {
    match days {
        ..=0 => "（今天）".to_owned(),
        1 => "（明天）".to_owned(),
        days => format!("（{days} 天后）"),
    }
}
