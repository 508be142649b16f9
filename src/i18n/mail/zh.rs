use super::{Mail, Topic};
use crate::i18n::wording::Noun;

pub fn mail(noun: &'static Noun) -> Mail {
    Mail {
        hello: |name| name.map_or_else(|| "您好：".to_owned(), |name| format!("{name}，您好：")),
        activation_subject: |programme| format!("激活您的{programme}账户"),
        activation: Box::new(move |programme| {
            format!("您是{programme}的会员。设置密码后即可查看和兑换{units}。", units = noun.units)
        }),
        activation_link: "激活账户",
        reset_subject: |programme| format!("重设您的{programme}密码"),
        reset: "我们收到了为您的账户重设密码的请求。请通过以下链接设置新密码，其他设备将随之退出登录。",
        reset_link: "设置新密码",
        invitation_subject: |programme| format!("您的{programme}管理后台账号"),
        invitation: |programme| format!("已为您开通{programme}管理后台的账号，请设置密码后登录。"),
        invitation_link: "设置密码",
        staff_reset_subject: |programme| format!("重设您的{programme}管理后台密码"),
        staff_reset: |programme| {
            format!("我们收到了为您的{programme}管理后台账号重设密码的请求。请通过以下链接设置新密码，其他设备将随之退出登录。")
        },
        confirm_subject: |programme| format!("验证您的{programme}邮箱"),
        confirm: |programme| format!("有{programme}账户填写了此邮箱，请确认这是您的邮箱。验证之前，此邮箱不会收到其他邮件。"),
        confirm_link: "验证邮箱",
        changed_subject: |programme| format!("您的{programme}邮箱变更提醒"),
        changed: |to| match to {
            Some(to) => format!("您的账户申请将邮箱更换为 {to}。新邮箱通过验证后生效，在此之前邮件仍发送至此邮箱。"),
            None => "您的账户已移除此邮箱，此后不再向这里发送邮件。".to_owned(),
        },
        changed_not_you: "若非您本人操作，请登录后修改密码并改回邮箱，或联系客服。",
        changed_link: "查看我的资料",
        valid_for: "链接 24 小时内有效，只能使用一次，请勿转发此邮件。",
        ignore: "若非您本人的操作，请忽略此邮件，您的账户不会有任何变化。",
        why: |programme| format!("您收到此邮件，是因为您是{programme}的会员。"),
        stop: Box::new(move |topic| format!("不再接收“{}”邮件", self::topic(noun, topic))),
        choose: "选择接收哪些邮件",

        topic: Box::new(move |topic| self::topic(noun, topic)),
        choices_title: "邮件通知",
        choices_about: |address| format!("邮件将发送至 {address}。会员中心的消息不受影响。"),
        no_address: "在上方填写邮箱后，即可通过邮件接收通知。",
        save: "保存选择",
        saved: "您的选择已保存。",

        unsubscribe: "减少邮件",
        unsubscribe_about: |topic| format!("不再向您发送“{topic}”邮件。您仍可在会员中心的“消息”中查看。"),
        unsubscribe_yes: "不再接收",
        unsubscribed: |topic| format!("您将不再收到“{topic}”邮件。"),

        confirm_title: "验证邮箱",
        confirm_about: |address| format!("账户相关邮件将发送至 {address}。"),
        confirmed_before: "此链接已使用过，邮箱已验证。",
        confirmed_on: "前往我的账户",
        confirm_yes: "确认",
        confirmed: |address| format!("{address} 已通过验证。"),
        confirm_sent: |address| format!("验证链接已发送至 {address}，请打开邮件完成验证。"),
        unconfirmed: |address, so_far| match so_far {
            Some(so_far) => format!("{address} 尚未验证。请打开邮件中的链接完成验证，在此之前邮件仍发送至 {so_far}。"),
            None => format!("{address} 尚未验证。请打开邮件中的链接完成验证，在此之前不会收到其他邮件。"),
        },
        confirm_again: "重新发送链接",

        forgotten_title: "忘记密码？",
        forgotten_about: "请填写您的登录邮箱或手机号，我们会通过邮件发送设置新密码的链接。",
        forgotten_send: "发送链接",
        forgotten_sent: "如果该账户存在并留有邮箱，链接已发出，24 小时内有效。",
        forgotten_staff_about: "请填写您的邮箱，我们会发送设置新密码的链接。",
        forgotten_staff_sent: "如果该账号存在，链接已发出，24 小时内有效。",
        forgotten_no_address: "没有留过邮箱？请联系客服获取一次性链接。",
        back_to_sign_in: "返回登录",

        link_mailed: "链接也已通过邮件发送。",
    }
}

pub(super) fn topic(noun: &Noun, topic: Topic) -> &'static str {
    match topic {
        Topic::Tier => "等级变化",
        Topic::Expiring => noun.say("{units}即将到期"),
        Topic::Redemption => "兑换进展",
        Topic::Adjustment => noun.say("人工调整{units}"),
        Topic::Rules => "规则变更",
    }
}
