use laurel_domain::rewards::redemption::RedemptionState;

use super::Notifications;
use crate::i18n::wording::Noun;

pub fn notifications(noun: &'static Noun) -> Notifications {
    Notifications {
        title: "消息",
        bell: |unread| if unread == 0 { "消息".to_owned() } else { format!("消息，{unread} 条未读") },
        about: noun.say("等级、{units}、兑换和规则的最新动态。"),
        none: "暂无消息",
        none_about: noun.say("等级变化、{units}即将到期、兑换有进展时，会在这里通知您。"),
        read_all: "全部标为已读",
        all_read: |count| match count {
            0 => "所有消息均已读。".to_owned(),
            count => format!("已将 {count} 条消息标为已读。"),
        },
        unread: "未读",
        older: "更早",
        newest: "回到最新",

        tier_up: |tier| format!("您已升级为{tier}"),
        tier_down: |tier| format!("您的等级已变为{tier}"),
        tier_up_about: |from, new| match new {
            [] => format!("您之前是{from}。"),
            new => format!("您之前是{from}。新增权益：{}。", new.join("、")),
        },
        tier_down_about: Box::new(move |from, gone| match gone {
            [] => format!("您之前是{from}。您的{units}不受影响。", units = noun.units),
            gone => format!("您之前是{from}。不再享有：{}。您的{units}不受影响。", gone.join("、"), units = noun.units),
        }),
        see_tiers: "查看等级",

        expiring: Box::new(move |points, day| format!("{points} {units}将于{day}到期", units = noun.units)),
        expiring_about: |day| format!("{day}当天结束前均可兑换。"),
        see_rewards: "去兑换",

        redemption: |what, state| match state {
            RedemptionState::Paid => format!("{what} 已到账"),
            RedemptionState::Failed => format!("{what} 付款失败"),
            RedemptionState::Cancelled => format!("{what} 的兑换已取消"),
            RedemptionState::Shipped => format!("{what} 已发货"),
            RedemptionState::Delivered => format!("{what} 已送达"),
            RedemptionState::Returned => format!("{what} 已退回"),
            RedemptionState::Processing => format!("{what} 付款处理中"),
            RedemptionState::Reserved => format!("已为您预留 {what}"),
            RedemptionState::Ordered => format!("{what} 已下单"),
            RedemptionState::Issued => format!("{what} 的兑换码已生成"),
            RedemptionState::Used => format!("{what} 的兑换码已使用"),
            RedemptionState::Expired => format!("{what} 的兑换码已过期"),
            RedemptionState::Voided => format!("{what} 已作废"),
        },
        tracking: |tracking| format!("运单号：{tracking}"),
        see_redemption: "查看兑换单",

        given: Box::new(move |points| format!("您获得 {points} {units}", units = noun.units)),
        taken: Box::new(move |points| format!("已扣除 {points} {units}", units = noun.units)),
        by_team: noun.say("工作人员调整了您的{units}，原因见{units}明细。"),
        see_entry: "查看明细",

        rules: "会员计划规则有变",
        rules_withdrawn: "此通知已撤回。",
        see_rules: "查看规则",
    }
}
