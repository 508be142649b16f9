use super::Closing;
use crate::i18n::wording::Noun;

pub fn closing(noun: &'static Noun) -> Closing {
    Closing {
        cancels: noun.say("以下兑换将被取消，{units}先行退回："),
        waits: "以下兑换须先完成：",
        waits_about: "有兑换正在支付或运送途中时，不能注销账户。",
        vouchers: |count| format!("{count} 个已出示的券码仍可使用，但注销后将无处查看，请先自行记下。"),
        claims: |count| format!("{count} 项已领取的权益将被收回。"),
        removes: Box::new(move |points| format!("其后剩余的 {points} {units}将被清除。", units = noun.units)),
        forgives: Box::new(move |points| format!("其后仍欠的 {points} {units}将被免除。", units = noun.units)),
        removes_nothing: noun.say("没有需要清除的{units}。"),
        sure: "我已阅读以上内容，确认永久注销。",
        say_sure: "请先勾选确认。",

        close_mine: "注销账户",
        close_mine_about: noun.say("退出会员计划：{units}清除，且不能再登录。"),
        go_to_close: "查看注销的影响…",
        for_ever: noun.say("注销后无法恢复。{units}收支记录将予保留。"),
        erase_mine: "同时清除我的个人信息",
        erase_mine_about: "包括姓名、联系方式、收货地址、与支付系统的关联以及评论内容：此后无人知道这些记录属于谁。",
        password: "请再次输入密码",
        close_now: "永久注销我的账户",
        goodbye: "您的账户已注销，再见。",
        goodbye_erased: "您的账户已注销，个人信息已清除，再见。",

        close_of: |member| format!("注销 {member} 的账户"),
        close: "注销账户",
        close_about: noun.say("取消可取消的兑换，清除剩余{units}，会员不能再登录。下一页显示具体影响。"),
        closed: "账户已注销。",
        is_closed: noun.say("此账户已注销。之后的退款仍会记录，但不扣{units}；其他事件一律拒绝。"),
        erase: "清除个人信息",
        erase_about: noun.say("姓名、联系方式、编号、地址、评论内容和调整原因将永久清除；{units}记录保留，仍可验证。"),
        erase_sure: "永久清除",
        erase_now: "清除个人信息",
        erased: "个人信息已清除。",
        erased_at: "清除时间",
    }
}
