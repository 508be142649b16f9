use super::Invite;
use crate::i18n::wording::Noun;

pub fn invite(noun: &'static Noun) -> Invite {
    Invite {
        title: "邀请朋友",
        about: Box::new(move |points| format!("每邀请一位朋友，您得 {points} {units}", units = noun.units)),
        about_nothing: noun.say("邀请目前没有{units}奖励"),
        your_link: "我的邀请链接",
        your_code: "我的推荐码",
        qr: "邀请链接的二维码",
        qr_about: "请朋友扫码注册",
        how: "如何邀请",
        step_share: "把链接或推荐码发给朋友",
        step_share_about: "当面也可以直接扫码。",
        step_join: "朋友注册成为会员",
        step_join_about: "推荐码会自动填好。",
        step_pay: Box::new(move |points| format!("朋友首次支付，您得 {points} {units}", units = noun.units)),
        step_pay_about: |least| match least {
            Some(least) => format!("单笔满 {least} 起算。"),
            None => "金额不限。".to_owned(),
        },
        friends: "我邀请的朋友",
        joined: "已加入",
        brought: noun.say("带来{units}"),
        joined_on: |day| format!("{day}加入"),
        waiting: "等待首次支付",
        taken_back: noun.say("付款已退，{units}已收回"),
        nobody: "还没有朋友加入",
        nobody_about: "有人用您的链接注册后，会出现在这里。",
        nameless: "一位朋友",
        latest_only: |count| format!("仅显示最近 {count} 位"),
        no_code: "您的账户还没有推荐码，请联系客服。",
    }
}
