use super::Merging;
use crate::i18n::wording::Noun;

pub fn merging(noun: &'static Noun) -> Merging {
    Merging {
        title: "合并到另一会员",
        about: "如果此人在支付系统中另有会员，可将两者合并。下一页显示合并结果，确认之前不会有任何变动。",
        into: "该会员在支付系统中的编号",
        into_hint: noun.say("此注册账户的全部{units}将转入该会员。"),
        go_on: "下一步",
        title_of: |name| format!("将 {name} 合并到另一会员"),
        ends: "停用：注册账户",
        goes_on: "保留：会员",
        afterwards: "合并后的会员",
        who: "账户",
        available: ">可用",
        pending: ">待生效",
        debt: ">欠分",
        earned: noun.say(">定级{units}"),
        what_happens: noun.say("注册账户将停用，不可恢复。其{units}保留原有效期，待生效{units}立即生效，任一方的欠分由另一方的{units}抵偿。两份历史记录均原样保留。若该会员尚无登录名，注册账户的登录名将转给该会员；该会员缺少的联系方式一并补上。"),
        reason: "原因",
        reason_hint: "仅供员工查看。最多 500 个字符。",
        do_it: "确认合并",
        done: noun.say("已合并，两者的{units}与记录现都归于此会员。"),
        merged_into: |when| format!("已于 {when} 合并到"),
        not_here: "只有支付系统尚未关联的注册账户才能合并到会员。",
    }
}
