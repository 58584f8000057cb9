use std::sync::Arc;

use ebrc_artefacts::Source;
use ebrc_sources::{
    AutonomousSystems, BandwidthTable, BlocklistHistory, BreachList, DomainBlocklist, Geography,
};

/// What lies outside the log. Without a source, what needs it is not
/// measurable.
#[derive(Clone, Default)]
pub struct Sources {
    /// The countries of servers.
    pub geography: Option<Arc<dyn Geography>>,
    /// Their networks.
    pub autonomous_systems: Option<Arc<dyn AutonomousSystems>>,
    /// Addresses that have leaked.
    pub breach_list: Option<Arc<dyn BreachList>>,
    /// Domains that are known to send spam.
    pub domain_blocklist: Option<Arc<dyn DomainBlocklist>>,
    /// On which days which proxy MTAs were on a blocklist.
    pub blocklist_history: Option<Arc<BlocklistHistory>>,
    /// The bandwidth of countries.
    pub bandwidth: Option<Arc<BandwidthTable>>,
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.describe()).finish()
    }
}

impl Sources {
    /// Each source, with what it says of itself where it is given.
    pub(crate) fn describe(&self) -> Vec<Source> {
        let source = |need: Need, snapshot: Option<String>| Source {
            name: need.name().to_owned(),
            snapshot,
        };
        vec![
            source(
                Need::Geography,
                self.geography.as_ref().map(|it| it.describe()),
            ),
            source(
                Need::AutonomousSystems,
                self.autonomous_systems.as_ref().map(|it| it.describe()),
            ),
            source(
                Need::BreachList,
                self.breach_list.as_ref().map(|it| it.describe()),
            ),
            source(
                Need::DomainBlocklist,
                self.domain_blocklist.as_ref().map(|it| it.describe()),
            ),
            source(
                Need::BlocklistHistory,
                self.blocklist_history.as_ref().map(|it| it.describe()),
            ),
            source(
                Need::Bandwidth,
                self.bandwidth.as_ref().map(|it| it.describe()),
            ),
        ]
    }

    pub(crate) fn has(&self, need: Need) -> bool {
        match need {
            Need::Geography => self.geography.is_some(),
            Need::AutonomousSystems => self.autonomous_systems.is_some(),
            Need::BreachList => self.breach_list.is_some(),
            Need::DomainBlocklist => self.domain_blocklist.is_some(),
            Need::BlocklistHistory => self.blocklist_history.is_some(),
            Need::Bandwidth => self.bandwidth.is_some(),
            Need::EmailFlag | Need::Latency | Need::Retries | Need::ServerIps | Need::ProxyIps => {
                true
            }
        }
    }
}

/// What an artefact cannot be measured without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Geography,
    AutonomousSystems,
    BreachList,
    DomainBlocklist,
    BlocklistHistory,
    Bandwidth,
    EmailFlag,
    Latency,
    Retries,
    ServerIps,
    ProxyIps,
}

impl Need {
    pub(crate) const ALL: [Self; 11] = [
        Self::Geography,
        Self::AutonomousSystems,
        Self::BreachList,
        Self::DomainBlocklist,
        Self::BlocklistHistory,
        Self::Bandwidth,
        Self::EmailFlag,
        Self::Latency,
        Self::Retries,
        Self::ServerIps,
        Self::ProxyIps,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Geography => "geography",
            Self::AutonomousSystems => "autonomous systems",
            Self::BreachList => "breach list",
            Self::DomainBlocklist => "blocklist of domains",
            Self::BlocklistHistory => "blocklist history",
            Self::Bandwidth => "bandwidth table",
            Self::EmailFlag => "email_flag",
            Self::Latency => "delivery_latency",
            Self::Retries => "retries",
            Self::ServerIps => "to_ip",
            Self::ProxyIps => "from_ip",
        }
    }

    /// What is missing, and how to supply it.
    pub(crate) fn missing(self) -> &'static str {
        match self {
            Self::Geography => {
                "no geography: give a MaxMind database of countries with --geography FILE.mmdb"
            }
            Self::AutonomousSystems => {
                "no autonomous systems: give a MaxMind database of networks with --networks FILE.mmdb"
            }
            Self::BreachList => {
                "no breach list: give leaked addresses, or their SHA-1, with --breach-list FILE"
            }
            Self::DomainBlocklist => {
                "no blocklist of domains: give one in rbldnsd's format with --domain-blocklist FILE"
            }
            Self::BlocklistHistory => {
                "no blocklist history: give the days on which your MTAs were listed with --blocklist-history FILE.csv"
            }
            Self::Bandwidth => "no bandwidth table: give country,mbps with --bandwidth FILE.csv",
            Self::EmailFlag => {
                "no mail of the log has an email_flag, the verdict of the sender's own spam filter"
            }
            Self::Latency => "no accepted mail of the log has a delivery_latency",
            Self::Retries => "no mail of the log was tried again: each has one attempt",
            Self::ServerIps => "no mail of the log has a to_ip, the address of the receiver MTA",
            Self::ProxyIps => "no mail of the log has a from_ip, the address of the sending MTA",
        }
    }
}
