//! The tax ids that a customer is created with, and what is known of where they are taxed. Both are shown only by `expand`.

use kernel::{ApiError, ApiResult, Columns, Cx, Resource};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::Value;

use super::object::Customer;
use super::params::{TaxIdParams, TaxParams, ValidateLocation};

/// Tax ids of one customer.
const IDS_MAX: usize = 5;

/// A tax id, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxId {
    /// `txi_…`
    pub id: String,
    /// `tax_id`
    pub object: String,
    pub country: Option<String>,
    /// Unix seconds.
    pub created: i64,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub livemode: bool,
    pub owner: Owner,
    pub r#type: String,
    pub value: String,
    pub verification: Option<Verification>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub customer: String,
    pub customer_account: Option<String>,
    pub r#type: String,
}

/// No registry is asked by this server, and it says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    pub status: String,
    pub verified_address: Option<String>,
    pub verified_name: Option<String>,
}

impl Resource for TaxId {
    const KIND: &'static str = "tax_id";
    const NOUN: &'static str = "tax_id";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [self.customer.clone(), None, None, None]
    }
}

/// The address that a customer was seen at; not shown with the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    /// The customer's id.
    id: String,
    ip_address: Option<String>,
}

impl Resource for Seen {
    const KIND: &'static str = "drawbridge.customer_tax";
    const NOUN: &'static str = "customer";

    fn id(&self) -> &str {
        &self.id
    }
}

/// Refuses tax ids that are none, before anything is written.
pub(super) fn check_ids(sent: &[TaxIdParams]) -> ApiResult<()> {
    if sent.len() > IDS_MAX {
        return Err(ApiError::invalid_param("tax_id_data", format!("A customer has at most {IDS_MAX} tax ids.")));
    }
    for (index, one) in sent.iter().enumerate() {
        if !TYPES.contains(&one.r#type.as_str()) {
            let param = format!("tax_id_data[{index}][type]");
            return Err(ApiError::invalid_param(&param, format!("Invalid {param}: '{}' is not a kind of tax id.", one.r#type)));
        }
    }
    Ok(())
}

/// Stores the tax ids of a new customer.
pub(super) async fn create_ids(cx: &mut Cx<'_>, customer: &Customer, sent: Vec<TaxIdParams>) -> ApiResult<()> {
    for one in sent {
        let country = match &one.r#type[..2] {
            // The union's numbers begin with their own country.
            "eu" => one.value.get(..2).map(str::to_ascii_uppercase).map(|code| if code == "EL" { "GR".into() } else { code }),
            code => Some(code.to_ascii_uppercase()),
        };
        let tax_id = TaxId {
            id: cx.id("txi_", 24),
            object: TaxId::KIND.into(),
            country,
            created: cx.now(),
            customer: Some(customer.id.clone()),
            customer_account: None,
            livemode: customer.livemode,
            owner: Owner { customer: customer.id.clone(), customer_account: None, r#type: "customer".into() },
            r#type: one.r#type,
            value: one.value,
            verification: Some(Verification { status: "unavailable".into(), verified_address: None, verified_name: None }),
        };
        let doc = cx.insert(&tax_id).await?;
        cx.emit("customer.tax_id.created", &doc, None).await?;
    }
    Ok(())
}

/// Keeps what was sent about where a customer is taxed.
pub(super) async fn apply(cx: &mut Cx<'_>, customer: &Customer, sent: Option<TaxParams>) -> ApiResult<()> {
    let Some(sent) = sent else { return Ok(()) };
    if matches!(sent.validate_location, Some(ValidateLocation::Immediately)) && location(customer).is_none() {
        let message =
            "The customer's location is not recognized. Set an address with a country, and in the United States a postal code.";
        return Err(ApiError::coded("customer_tax_location_invalid", message).with_param("address"));
    }
    let stored = cx.find::<Seen>(&customer.id).await?;
    let mut ip_address = stored.as_ref().and_then(|seen| seen.ip_address.clone());
    sent.ip_address.apply(&mut ip_address);
    if let Some(ip) = &ip_address
        && ip.parse::<std::net::IpAddr>().is_err()
    {
        return Err(ApiError::invalid_param("tax[ip_address]", "Invalid IP address."));
    }
    match stored {
        Some(mut seen) => {
            seen.ip_address = ip_address;
            cx.update(&mut seen).await?;
        }
        None => {
            cx.insert(&Seen { id: customer.id.clone(), ip_address }).await?;
        }
    }
    Ok(())
}

/// The `tax` hash that `expand` shows.
pub(crate) async fn shown(cx: &mut Cx<'_>, customer: &Json) -> ApiResult<Json> {
    let id = customer["id"].as_str().unwrap_or_default().to_owned();
    let seen = cx.raw(Seen::KIND, &id).await?;
    let seen: Option<Seen> = seen.map(|doc| serde_json::from_str(&doc)).transpose()?;
    let location = serde_json::from_value::<Customer>(customer.clone()).ok().as_ref().and_then(location);
    let recognized = if location.is_some() { "not_collecting" } else { "unrecognized_location" };
    Ok(json!({
        "automatic_tax": recognized,
        "ip_address": seen.and_then(|seen| seen.ip_address),
        "location": location,
        "provider": "stripe",
    }))
}

/// The customer's tax ids, newest first, as the list that `expand` shows.
pub(crate) async fn list(cx: &mut Cx<'_>, customer: &str) -> ApiResult<Json> {
    let sql = "select doc from objects where tenant = $1 and kind = 'tax_id' and f1 = $2 order by id desc";
    let rows = cx.rows(sql, &[Value::from(customer)]).await?;
    let data = rows.iter().map(|row| Ok(serde_json::from_str(row.text(0)?)?)).collect::<ApiResult<Vec<Json>>>()?;
    Ok(json!({"object": "list", "data": data, "has_more": false, "url": format!("/v1/customers/{customer}/tax_ids")}))
}

/// Where a customer is taxed, by the shipping address or else the billing address.
fn location(customer: &Customer) -> Option<Json> {
    let shipping = customer.shipping.as_ref().map(|shipping| ("shipping_destination", &shipping.address));
    let billing = customer.address.as_ref().map(|address| ("billing_address", address));
    [shipping, billing].into_iter().flatten().find_map(|(source, address)| {
        let country = address.country.as_ref()?;
        if country == "US" && address.postal_code.is_none() {
            return None;
        }
        Some(json!({"country": country, "source": source, "state": address.state}))
    })
}

/// The kinds of tax id, as facts of the interface. Each begins with its country, but for `eu_` and the like.
pub(super) const TYPES: &[&str] = &[
    "ad_nrt",
    "ae_trn",
    "al_tin",
    "am_tin",
    "ao_tin",
    "ar_cuit",
    "au_abn",
    "au_acn",
    "au_arn",
    "au_wpn",
    "aw_tin",
    "az_tin",
    "ba_tin",
    "bb_tin",
    "bd_bin",
    "bf_ifu",
    "bg_uic",
    "bh_vat",
    "bj_ifu",
    "bo_tin",
    "br_cnpj",
    "br_cpf",
    "bs_tin",
    "bw_vat",
    "by_tin",
    "ca_bn",
    "ca_gst_hst",
    "ca_pst_bc",
    "ca_pst_mb",
    "ca_pst_sk",
    "ca_qst",
    "cd_nif",
    "ch_uid",
    "ch_vat",
    "ci_vat",
    "cl_tin",
    "cm_niu",
    "cn_tin",
    "co_nit",
    "cr_tin",
    "cv_nif",
    "cz_dic",
    "de_stn",
    "do_rcn",
    "ec_ruc",
    "eg_tin",
    "es_cif",
    "et_tin",
    "eu_oss_vat",
    "eu_vat",
    "fo_vat",
    "fr_siren",
    "fr_siret",
    "fr_spi",
    "gb_vat",
    "ge_vat",
    "gh_tin",
    "gi_tin",
    "gn_nif",
    "hk_br",
    "hr_oib",
    "hu_tin",
    "ic_nif",
    "id_npwp",
    "il_vat",
    "in_gst",
    "is_kt",
    "is_vat",
    "it_cf",
    "jp_cn",
    "jp_rn",
    "jp_trn",
    "ke_pin",
    "kg_tin",
    "kh_tin",
    "kr_brn",
    "kz_bin",
    "la_tin",
    "li_uid",
    "li_vat",
    "lk_vat",
    "ma_vat",
    "md_cf",
    "md_vat",
    "me_pib",
    "mk_vat",
    "mr_nif",
    "mu_vat",
    "mx_rfc",
    "my_frp",
    "my_itn",
    "my_sst",
    "mz_nuit",
    "ng_tin",
    "no_vat",
    "no_voec",
    "np_pan",
    "nz_bn",
    "nz_gst",
    "om_vat",
    "pe_ruc",
    "ph_tin",
    "pl_nip",
    "pt_nif",
    "py_ruc",
    "ro_tin",
    "rs_pib",
    "ru_inn",
    "ru_kpp",
    "sa_vat",
    "sg_gst",
    "sg_uen",
    "si_tin",
    "sm_coe",
    "sn_ninea",
    "sr_fin",
    "sv_nit",
    "th_vat",
    "tj_tin",
    "tr_tin",
    "tt_bir",
    "tt_vat",
    "tw_vat",
    "tz_vat",
    "ua_vat",
    "ug_tin",
    "us_ein",
    "uy_ruc",
    "uz_tin",
    "uz_vat",
    "ve_rif",
    "vn_tin",
    "za_vat",
    "zm_tin",
    "zw_tin",
];
