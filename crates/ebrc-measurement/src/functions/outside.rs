//! What outside sources tell; null where a source is not given.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, Float64Array, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::common::cast::{as_date32_array, as_string_array};
use datafusion::logical_expr::ScalarUDF;

use ebrc_sources::Country;

use super::scalar;
use super::text::words;
use crate::Sources;

pub(super) fn all(sources: &Sources) -> Vec<ScalarUDF> {
    let Sources {
        geography,
        autonomous_systems,
        breach_list,
        domain_blocklist,
        blocklist_history,
        bandwidth,
    } = sources.clone();
    let systems = autonomous_systems.clone();
    vec![
        // The ISO 3166-1 code of an address's country.
        words("country", move |ip| {
            let country = geography.as_ref()?.country(address(ip)?)?;
            Some(Cow::Owned(country.as_str().to_owned()))
        }),
        // The number of the autonomous system that an address belongs to.
        scalar(
            "as_number",
            vec![DataType::Utf8],
            DataType::UInt32,
            move |values| {
                let ips = as_string_array(&values[0])?;
                let numbers: UInt32Array = ips
                    .iter()
                    .map(|ip| Some(autonomous_systems.as_ref()?.system(address(ip?)?)?.number))
                    .collect();
                Ok(Arc::new(numbers))
            },
        ),
        // The organisation that runs it.
        words("as_organisation", move |ip| {
            let system = systems.as_ref()?.system(address(ip)?)?;
            system.organisation.map(|name| Cow::Owned(name.to_owned()))
        }),
        // Whether an address is in the breach list.
        tells_where_given("is_breached", move |address| {
            breach_list.as_ref().map(|list| list.contains(address))
        }),
        // Whether a domain is on the blocklist of domains.
        tells_where_given("is_listed_domain", move |domain| {
            domain_blocklist.as_ref().map(|list| list.contains(domain))
        }),
        // Whether a proxy MTA was on a blocklist on a day.
        scalar(
            "was_listed",
            vec![DataType::Utf8, DataType::Date32],
            DataType::Boolean,
            move |values| {
                let (ips, days) = (as_string_array(&values[0])?, as_date32_array(&values[1])?);
                let answers: BooleanArray = ips
                    .iter()
                    .zip(days)
                    .map(|(ip, day)| {
                        let history = blocklist_history.as_ref()?;
                        Some(history.listed_on(address(ip?)?, Date32Type::to_naive_date_opt(day?)?))
                    })
                    .collect();
                Ok(Arc::new(answers))
            },
        ),
        // The bandwidth of a country, in Mbps.
        scalar(
            "bandwidth",
            vec![DataType::Utf8],
            DataType::Float64,
            move |values| {
                let countries = as_string_array(&values[0])?;
                let speeds: Float64Array = countries
                    .iter()
                    .map(|country| bandwidth.as_ref()?.mbps(Country::from_code(country?)?))
                    .collect();
                Ok(Arc::new(speeds))
            },
        ),
    ]
}

fn address(ip: &str) -> Option<IpAddr> {
    ip.parse().ok()
}

fn tells_where_given(
    name: &str,
    call: impl Fn(&str) -> Option<bool> + Send + Sync + 'static,
) -> ScalarUDF {
    scalar(
        name,
        vec![DataType::Utf8],
        DataType::Boolean,
        move |values| {
            let texts = as_string_array(&values[0])?;
            let answers: BooleanArray = texts.iter().map(|text| call(text?)).collect();
            Ok(Arc::new(answers))
        },
    )
}
