use super::Card;
use crate::i18n::wording::Noun;

pub fn card(noun: &'static Noun) -> Card {
    Card {
        title: "会员卡",
        show: "出示会员卡",
        label: "会员卡二维码",
        good_until: |time| format!("{time} 前有效"),
        renew: "刷新会员码",
        about: "到店时向店员出示，店员可以看到您的姓名、等级和可用权益。",
        safe: noun.say("会员码每隔几分钟更换，且不能用来花费{units}，即使被拍照也难以冒用。请只在收银台出示。"),
        codes: "我的权益码",
        codes_about: "有次数的权益凭权益码使用：领取后即可查看并出示。",
        suspended: "您的账户已暂停使用，暂时无法出示会员卡。",

        till: "核销台",
        scan: "扫描或输入编码",
        scan_hint: "会员码、权益码或兑换券码均可，按回车查询。",
        look_up: "查询",
        nothing: "没有找到。会员码是 20 位数字，权益码是 10 位字母和数字。",
        too_old: "会员码已过期，请会员点击“刷新会员码”后重新出示。",
        waiting: "请扫码",
        waiting_about: "光标已在输入框中，扫码枪会自动输入编码并回车。",
        points: noun.say("可用{units}"),
        since: |day| format!("{day}加入"),
        always: "直接享受，无需权益码",
        may_claim: "会员可在会员端领取",
        claimed: "已领取，待核销",
        nothing_claimed: "没有待核销的权益。",
        nothing_held: "该等级没有专属权益。",
        not_active: "该账户当前不可用，请勿提供权益。",
        voucher: "兑换券",
        voucher_more: "查看兑换单",
        to_till: "打开核销台",
    }
}
