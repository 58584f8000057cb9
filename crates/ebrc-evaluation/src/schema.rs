use std::borrow::Cow;

use ebrc_taxonomy::BounceType;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::report::Report;

/// The schema of `report.json`, as it is written.
pub(crate) fn of_report() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(Closed);
    let mut schema = settings.into_generator().into_root_schema_for::<Report>();
    // Without a host: the schema lives where the program does.
    schema.insert("$id".to_owned(), "urn:ebrc:report".into());
    schema.insert("title".to_owned(), "An evaluation by ebrc".into());
    schema.to_value()
}

/// Forbids keys that a schema does not name, and tells what is said of Rust's
/// values as JSON has them.
#[derive(Clone)]
struct Closed;

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        let named = schema.get("properties").is_some();
        if named && schema.get("additionalProperties").is_none() {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        if let Some(Value::String(text)) = schema.get_mut("description") {
            *text = text
                .replace("`None`", "`null`")
                .replace("[`", "`")
                .replace("`]", "`")
                .replace("\n\n", "\r")
                .replace('\n', " ")
                .replace('\r', "\n\n");
        }
        transform_subschemas(self, schema);
    }
}

/// How JSON writes a [`BounceType`]: its id.
pub(crate) enum TypeId {}

impl JsonSchema for TypeId {
    fn schema_name() -> Cow<'static, str> {
        "BounceType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ids: Vec<&str> = BounceType::ALL.map(BounceType::id).to_vec();
        json_schema!({
            "description": "A bounce type, by its id.",
            "type": "string",
            "enum": ids,
        })
    }
}

/// How JSON writes what is known of each type: with its id for a key.
pub(crate) struct ByType<T>(std::marker::PhantomData<T>);

impl<T: JsonSchema> JsonSchema for ByType<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}_by_type", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": generator.subschema_for::<TypeId>(),
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}

/// How JSON writes a label: a type's id, or `ambiguous`.
pub(crate) enum LabelText {}

impl JsonSchema for LabelText {
    fn schema_name() -> Cow<'static, str> {
        "TemplateLabel".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ids = BounceType::ALL.map(BounceType::id);
        let words: Vec<&str> = ids.into_iter().chain(["ambiguous"]).collect();
        json_schema!({
            "description": "A bounce type, by its id, or that a text says too little to tell.",
            "type": "string",
            "enum": words,
        })
    }
}
