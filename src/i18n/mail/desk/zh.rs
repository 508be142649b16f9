use super::{MailDesk, Subject};
use crate::i18n::mail::zh;
use crate::i18n::wording::Noun;

pub fn mail_desk(noun: &'static Noun) -> MailDesk {
    MailDesk {
        title: "邮件",
        about: "等待发送、最近 90 天已发送和发送失败的邮件。此处不保存邮件正文。",
        is_off: "此服务器未设置 SMTP 服务器，不发送邮件。",
        states: ["等待发送", "已发送", "发送失败"],
        states_label: "状态",
        none: ["没有等待发送的邮件。", "还没有发送过邮件。", "没有发送失败的邮件。"],
        columns: ["创建时间", "内容", "收件人", "状态", "~操作"],
        csv_columns: ["创建时间", "内容", "收件人", "状态", "尝试次数", "下次尝试", "发送时间", "错误"],
        subject: Box::new(move |subject| match subject {
            Subject::News(topic) => zh::topic(noun, topic),
            Subject::Activation => "激活账户",
            Subject::Reset => "重设密码",
            Subject::StaffInvitation => "后台账号邀请",
            Subject::StaffReset => "重设后台密码",
            Subject::ConfirmEmail => "验证邮箱",
            Subject::EmailChanged => "邮箱变更提醒",
        }),
        nobody: "发送时确定",
        next_at: |at| format!("下次尝试：{at}"),
        attempts: |count| format!("已尝试 {count} 次"),
        send_again: "重新发送",
        sent_again: "正在重新发送。",
        unconfirmed: "待验证的邮箱",
        none_of_member: "最近 90 天没有给该会员发过邮件。",
        member_columns: ["创建时间", "内容", "状态"],
    }
}
