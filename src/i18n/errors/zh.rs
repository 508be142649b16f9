use laurel_domain::ledger::adjustment::AdjustmentState;
use laurel_domain::refusal::{Fault, NumberError, Refusal, Unavailable};
use laurel_domain::rewards::reward::Period;

use super::Errors;
use crate::i18n::wording::Noun;
use crate::i18n::{Lang, format};

pub static ERRORS: Errors = Errors {
    bad_request: "请求的内容无法识别。",
    not_signed_in: "请先登录。",
    session_ended: "登录已过期，请重新登录。",
    session_ended_and_kept: "登录已过期。请重新登录，您填写的内容已保留。",
    signed_in_again: "您已重新登录。内容尚未提交，请核对后再次提交；密码需重新填写。",
    forbidden: "您没有执行此操作的权限。",
    not_found: "此地址没有内容。链接可能不完整，或页面已被移除。",
    cross_site: "此请求来自其他网站，已被拒绝。",
    too_large: "发送的内容超出大小限制，什么也没有保存。",
    too_many: "操作过于频繁，请稍后再试。",
    unavailable: "系统繁忙，请稍后再试。",
    internal: "系统出了点问题，我们已记录。请稍后再试。",
    network: "网络连接失败，请检查后再试。",
    role_too_low: |role| format!("您的角色“{role}”无权查看此页面。如需使用，请联系管理员调整角色。"),
    to_dashboard: "返回概览",
    to_portal: "返回首页",
    not_found_title: "页面不存在",
    forbidden_title: "没有权限",
    internal_title: "出错了",
    refused_title: "无法完成",
    request_id: |id| format!("请求编号 {id}"),
};

pub fn refusal(noun: &Noun, refusal: &Refusal) -> String {
    let units = noun.units;
    match refusal {
        Refusal::Invalid { faults } => match faults.first() {
            Some(first) => format!("填写的内容有误：{} {}。", first.field, fault(&first.fault)),
            None => "填写的内容有误。".to_owned(),
        },
        Refusal::WrongCurrency { expected, got } => format!("本会员计划以 {expected} 计价，不接受 {got}。"),
        Refusal::InFuture => "发生时间晚于现在超过 5 分钟。".to_owned(),
        Refusal::EventConflict => "同一编号的事件已存在，但内容不同。".to_owned(),
        Refusal::UnknownMember => "没有这位会员。".to_owned(),
        Refusal::MemberClosed => "该会员已注销。".to_owned(),
        Refusal::MemberSuspended => format!("该会员已被暂停，不能兑换{units}或使用权益。"),
        Refusal::UnknownPayment => "该会员没有这笔支付。".to_owned(),
        Refusal::RefundBeyondPayment { left } => format!("这笔支付最多还可退 {}。", format::money(*left)),
        Refusal::SelfReferral => "不能推荐自己。".to_owned(),
        Refusal::UnknownReferee => "没有这位被推荐人。".to_owned(),
        Refusal::RefereeCameFirst => "被推荐人注册早于推荐人。".to_owned(),
        Refusal::MutualReferral => "被推荐人曾推荐过该推荐人。".to_owned(),
        Refusal::AlreadyReferred => "这位被推荐人的推荐奖励已经发放过。".to_owned(),
        Refusal::AlreadyReviewed => format!("已评价过，不能重复获得{units}。"),
        Refusal::PointsOutOfRange => format!("{units}超出可记录的范围。"),
        Refusal::NotEnoughPoints { available, wanted } => {
            format!("需要 {} {units}，可用{units}只有 {}。", format::points(*wanted), format::points(*available))
        }
        Refusal::NothingToPay => format!("这些{units}不足以兑换最小金额。"),
        Refusal::StaleQuote { quoted, in_force } => {
            format!("报价依据的是第 {quoted} 版规则，现行为第 {in_force} 版，请重新确认。")
        }
        Refusal::NoSuchTransition { from, to } => format!("不能从“{from}”变为“{to}”。"),
        Refusal::UnknownReward => "没有这项奖品。".to_owned(),
        Refusal::RewardNotAvailable { why } => match why {
            Unavailable::Retired => "这项奖品已下架。".to_owned(),
            Unavailable::NotBefore { day } => format!("这项奖品从{}起可以兑换。", format::date(Lang::ZH, *day)),
            Unavailable::NotAfter { day } => format!("这项奖品的兑换已于{}截止。", format::date(Lang::ZH, *day)),
            Unavailable::TierGone => "这项奖品所要求的等级已不存在。".to_owned(),
        },
        Refusal::TierTooLow { needed } => format!("这项奖品需要{}及以上等级。", needed.zh),
        Refusal::OutOfStock { left: 0, .. } => "已经兑完。".to_owned(),
        Refusal::OutOfStock { left, .. } => format!("只剩 {} 件。", format::count(*left)),
        Refusal::RewardLimitReached { most, period, left } => {
            let period = match period {
                Period::Day => "每天",
                Period::Month => "每月",
                Period::Year => "每年",
                Period::Ever => "总共",
            };
            match left {
                0 => format!("每位会员{period}限兑 {most} 件，您已兑满。"),
                left => format!("每位会员{period}限兑 {most} 件，您还可以兑 {left} 件。"),
            }
        }
        Refusal::PriceChanged { quoted, price } => {
            format!("所需{units}已由 {} 变为 {}，请重新确认。", format::points(*quoted), format::points(*price))
        }
        Refusal::StaleReward => "这项奖品已被他人修改，请重新查看。".to_owned(),
        Refusal::AlreadyScheduled { version } => format!("第 {version} 版已排期，请以新版本取代它，或先将其撤回。"),
        Refusal::AlreadyInForce { version } => format!("第 {version} 版已生效，不能再撤回。"),
        Refusal::TooFarAhead { latest } => format!("规则最多可提前一年排期，最晚为{}。", format::date(Lang::ZH, *latest)),
        Refusal::InPast => "该时间已过。".to_owned(),
        Refusal::NotDue => "当前没有此类到期事项。".to_owned(),
        Refusal::StaleDraft => "草稿已被他人修改，请刷新后再试。".to_owned(),
        Refusal::ChangedMeanwhile => "内容已有变动，无法撤销。".to_owned(),
        Refusal::NothingChanged => "草稿与现行规则没有差别。".to_owned(),
        Refusal::ProgrammeFixed => "首个事件入账后，币种和时区不能再改。".to_owned(),
        Refusal::BenefitNotGiven => "该会员的等级没有这项权益。".to_owned(),
        Refusal::NothingToClaim => "这项权益直接生效，无需领取。".to_owned(),
        Refusal::QuotaUsedUp { count, again_on } => {
            format!("本期 {count} 次已全部领取，{}起可再次领取。", format::date(Lang::ZH, *again_on))
        }
        Refusal::ClaimUsed => "此权益码已使用。".to_owned(),
        Refusal::ClaimWithdrawn => "此权益码已被会员退回，不再有效。".to_owned(),
        Refusal::ClaimExpired => "此权益码已过期。".to_owned(),
        Refusal::OwnProposal => "不能审批自己提交的申请，须由他人审批。".to_owned(),
        Refusal::AlreadyDecided { state } => match state {
            AdjustmentState::Proposed => "此申请尚待审批。",
            AdjustmentState::Posted => "此申请已获批准。",
            AdjustmentState::Rejected => "此申请已被驳回。",
            AdjustmentState::Withdrawn => "此申请已撤回。",
        }
        .to_owned(),
        Refusal::NeedsSecondPerson { fallen, worth } => format!(
            "将有 {} 位会员降级，{units}价值变动 {}，超出一人可决定的范围，须由另一人批准。",
            format::count(i64::try_from(*fallen).unwrap_or(i64::MAX)),
            format::money(*worth)
        ),
        Refusal::ExperimentRuns { name } => format!("实验“{name}”正在进行，结束前不能发布其他规则。"),
        Refusal::ExperimentOver => "该实验已结束。".to_owned(),
        Refusal::ExperimentAhead => "该实验尚未开始，不能采用。".to_owned(),
        Refusal::RuleProposalWaits => "已有一项同类申请待审批，请先审批或撤回。".to_owned(),
        Refusal::ProposalTooNew => {
            "此申请由更新版本的 Laurel 提交，当前服务器的版本较旧，无法审批。请在所有服务器升级后再批准。".to_owned()
        }
        Refusal::LimitChangeWaits => "已有一项上限变更待审批，请先审批或撤回。".to_owned(),
        Refusal::CannotMerge => "只有支付系统尚未关联的注册账户，才能合并到支付系统已知的会员。".to_owned(),
        Refusal::WaitsForRedemptions { count } => {
            format!("有 {count} 笔兑换正在支付或运送途中，完成后才能注销账户。")
        }
        Refusal::ClosingChanged { shown, left } => {
            format!("{units}已有变动：将清除 {} {units}，而非 {}。请重新确认。", format::points(*left), format::points(*shown))
        }
        Refusal::MemberNotClosed => "只有已注销的账户才能清除个人信息。".to_owned(),
        Refusal::AccountDamaged => "该账户存储的余额数据不一致，未做任何记账。请运行 laurel verify 查看详情。".to_owned(),
    }
}

pub fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Missing => "不能为空".to_owned(),
        Fault::NotExpected => "此类型没有这一项".to_owned(),
        Fault::Number { error } => number(*error),
        Fault::NotPositive => "必须大于 0".to_owned(),
        Fault::NotZero => "不能为零".to_owned(),
        Fault::Negative => "不能为负数".to_owned(),
        Fault::TooLarge { most } => format!("不能超过 {most}"),
        Fault::TooSmall { least } => format!("不能小于 {least}"),
        Fault::TooLong { most } => format!("不能超过 {most} 个字符"),
        Fault::Characters => "含有不允许的字符".to_owned(),
        Fault::NotNormalized => "须采用 Unicode 规范形式 C（NFC），例如 é 应为一个字符".to_owned(),
        Fault::Unseen { code } => format!("含有不可见字符或特殊字符（{code}）"),
        Fault::NotOneOf { choices } => format!("只能是：{choices}"),
        Fault::UnknownCurrency => "不是 ISO 4217 币种".to_owned(),
        Fault::NotATime => "不是 RFC 3339 格式的时间".to_owned(),
        Fault::NotADay => "请填写日期，如 2026-11-30".to_owned(),
        Fault::BeforeStart => "不能早于开始日期".to_owned(),
        Fault::NotIncreasing => "必须大于前一级的门槛".to_owned(),
        Fault::FirstTierNotZero => "第一级必须从 0 开始".to_owned(),
        Fault::NotLater => "必须晚于新版本的生效时间".to_owned(),
        Fault::Twice => "重复出现".to_owned(),
        Fault::Reserved => "保留给 Laurel 自身使用".to_owned(),
        Fault::Count { least, most } => format!("需要 {least} 到 {most} 项"),
        Fault::NotAPicture => "不是可用的图片，请上传 PNG、JPEG 或 WebP 文件".to_owned(),
        Fault::NotAColour => "请填写颜色，如 #1f6b3f".to_owned(),
        Fault::TooManyPixels { megapixels } => format!("不能超过 {megapixels} 百万像素，请先缩小图片"),
        Fault::TooFewPixels { least } => format!("宽和高都不能小于 {least} 像素"),
        Fault::NotJson { line, column } => format!("不是有效的 JSON（第 {line} 行第 {column} 列）"),
        Fault::JsonType { wanted } => format!("须为 JSON 类型 {wanted}"),
    }
}

fn number(error: NumberError) -> String {
    match error {
        NumberError::NotANumber => "不是数字".to_owned(),
        NumberError::TooLong => "位数太多".to_owned(),
        NumberError::TooManyDecimals { most: 0 } => "只能是整数".to_owned(),
        NumberError::TooManyDecimals { most } => format!("最多 {most} 位小数"),
        NumberError::OutOfRange => "超出范围".to_owned(),
    }
}
