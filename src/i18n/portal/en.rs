use super::Portal;

pub static PORTAL: Portal = Portal {
    home: "Home",
    activity: "Activity",
    rewards: "Rewards",
    benefits: "Benefits",
    invite: "Invite",
    me: "Me",
    navigation: "Main",
};
