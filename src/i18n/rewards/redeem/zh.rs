use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};

use super::Redeem;
use crate::i18n::wording::Noun;

pub fn redeem(noun: &'static Noun) -> Redeem {
    Redeem {
        title: "兑换现金",
        available: noun.say("可用{units}"),
        debt: Box::new(move |points| {
            format!("您还欠 {points} {units}，补上之前不能兑换。之后获得的{units}会先用来补上。", units = noun.units)
        }),
        suspended: noun.say("您的账户已被暂停，暂时不能兑换。您仍可获得{units}；请联系客服。"),
        closed: "您的账户已关闭，不能兑换。",
        too_few: Box::new(move |points, cash| format!("至少需要 {points} {units}（{cash}）才能兑换。", units = noun.units)),
        how: "兑换说明",
        how_paid: "提交后我们会尽快付款，状态随时可查。",
        how_cancel: noun.say("付款开始之前，您可以随时取消，{units}全数退回。"),
        how_tier: "兑换不影响您的会员等级。",
        how_tier_balance: noun.say("等级按持有{units}计算，兑换可能降低等级。"),
        confirm: "确认兑换",
        you_get: "到手现金",
        points_taken: noun.say("扣除{units}"),
        balance_before: "兑换前可用",
        balance_after: "兑换后可用",
        rate: "兑换比例",
        kept: Box::new(move |asked, cash, kept| {
            format!("{asked} {units}可兑换 {cash}，多出的 {kept} {units}仍归您。", units = noun.units)
        }),
        do_it: |cash| format!("确认兑换 {cash}"),
        change: "修改数量",
        done: |cash| format!("已提交：兑换 {cash}。"),
        form_used: "这张表单已经提交过，且数量不同。请核对后再次确认。",
        receipt: "兑换凭证",
        number: "凭证编号",
        amount: "现金",
        asked: noun.say("申请{units}"),
        made: "提交时间",
        total_before: "兑换前余额",
        total_after: "兑换后余额",
        rules: "计算依据",
        by_rules: |version| format!("规则第 {version} 版"),
        progress: "进度",
        state: |state| match state {
            RedemptionState::Reserved => "已提交",
            RedemptionState::Processing => "付款中",
            RedemptionState::Paid => "已到账",
            RedemptionState::Failed => "付款失败",
            RedemptionState::Cancelled => "已取消",
            RedemptionState::Issued => "已出码",
            RedemptionState::Used => "已使用",
            RedemptionState::Expired => "已过期",
            RedemptionState::Voided => "已作废",
            RedemptionState::Ordered => "已下单",
            RedemptionState::Shipped => "运送中",
            RedemptionState::Delivered => "已送达",
            RedemptionState::Returned => "已退回",
        },
        state_about: Box::new(move |kind, state| match (kind, state) {
            (RedemptionKind::Voucher, RedemptionState::Reserved) => {
                noun.say("{units}已扣除，兑换码已为您保留。需要时再查看；查看之前可以取消。")
            }
            (_, RedemptionState::Reserved) => noun.say("{units}已扣除，等待付款。此时还可以取消。"),
            (_, RedemptionState::Processing) => "付款已经开始，不能再取消。",
            (_, RedemptionState::Paid) => "现金已经付出。",
            (_, RedemptionState::Failed) => noun.say("付款没有成功，{units}已全数退回。"),
            (_, RedemptionState::Cancelled) => noun.say("已取消，{units}已全数退回。"),
            (_, RedemptionState::Issued) => "兑换码已显示，使用时请出示。",
            (_, RedemptionState::Used) => "兑换码已使用。",
            (_, RedemptionState::Expired) => noun.say("兑换码未在有效期内使用，{units}不退回。"),
            (_, RedemptionState::Voided) => noun.say("此券已作废，{units}已全数退回。"),
            (_, RedemptionState::Ordered) => "订单等待发货。此时还可以取消。",
            (_, RedemptionState::Shipped) => "已经发货，不能再取消。",
            (_, RedemptionState::Delivered) => "已经送达。",
            (_, RedemptionState::Returned) => noun.say("礼品已退回，{units}已全数返还。"),
        }),
        returned_because: "原因",
        next: "接下来",
        cancel: "取消兑换",
        cancel_sure: Box::new(move |points| format!("确定取消吗？{points} {units}会退回您的账户。", units = noun.units)),
        cancel_yes: "确定取消",
        cancelled: Box::new(move |points| format!("已取消，{points} {units}已退回。", units = noun.units)),
        too_late: "已经不能取消：状态已变更。",
        mine: "我的兑换",
        all: "全部",
        none: "还没有兑换记录",
        none_about: "兑换之后，可以在这里查看进度和凭证。",
        older: "更早的兑换",
        newest: "回到最新",
    }
}
