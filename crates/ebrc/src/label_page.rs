//! The page on which a person labels templates, served to this machine alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;

use anyhow::{Context, Result, anyhow};
use ebrc_pipeline::{LabelSummary, Run, TemplateRow, Watch};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

/// A filled-in form of a few thousand templates is far smaller.
const LARGEST_FORM: u64 = 4 << 20;

const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .4rem; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.template { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
select { font: inherit; max-width: 16rem; }
.bar { background: Canvas; border-top: 1px solid #8886; bottom: 0; padding: .8rem 0; position: sticky; }
button { font: inherit; margin-right: .6rem; padding: .4rem 1rem; }
dt { float: left; clear: left; font-weight: 600; width: 3rem; }
dd { margin: 0 0 .1rem 3.4rem; }
@media (max-width: 40rem) { td.number { display: none; } th.number { display: none; } }
";

/// The page, bound to a port of this machine and a secret path.
pub(crate) struct LabelPage {
    server: Server,
    secret: String,
}

impl LabelPage {
    /// Opens the page; any free port for 0.
    pub(crate) fn open(port: u16) -> Result<Self> {
        let server = Server::http(("127.0.0.1", port)).map_err(|error| {
            anyhow!(
                "port {port} of this machine cannot be used ({error}); name another with --port"
            )
        })?;
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
        let mut secret = String::new();
        for byte in bytes {
            write!(secret, "{byte:02x}")?;
        }
        Ok(Self { server, secret })
    }

    /// The address to open in a browser.
    pub(crate) fn address(&self) -> Result<String> {
        let address = self.server.server_addr();
        let address = address.to_ip().context("the page has no port")?;
        Ok(format!("http://{address}/{}", self.secret))
    }

    /// Serves until the person has finished; what was saved last.
    pub(crate) fn serve(
        &self,
        run: &Run,
        templates: &[TemplateRow],
        mut labels: BTreeMap<u32, TemplateLabel>,
        labelled_by: &str,
        watch: &mut dyn Watch,
    ) -> Result<Option<LabelSummary>> {
        let mut summary = None;
        loop {
            if watch.wants_stop() {
                return Ok(summary);
            }
            let timeout = std::time::Duration::from_millis(200);
            let Some(mut request) = self.server.recv_timeout(timeout)? else {
                continue;
            };
            if !self.is_ours(&request) {
                respond(request, 404, html! { p { "There is nothing here." } });
                continue;
            }
            match request.method() {
                Method::Get => respond(request, 200, form(templates, &labels, None)),
                Method::Post => match read_form(&mut request) {
                    Ok(form_data) => {
                        let changes = form_data.labels;
                        let saved = ebrc_pipeline::write_labels(run, &changes, labelled_by, watch)?;
                        for (template, label) in changes {
                            match label {
                                Some(label) => labels.insert(template, label),
                                None => labels.remove(&template),
                            };
                        }
                        let note = format!("Saved: {} labels.", saved.templates);
                        summary = Some(saved);
                        if form_data.finished {
                            respond(request, 200, farewell(&note));
                            return Ok(summary);
                        }
                        respond(request, 200, form(templates, &labels, Some(&note)));
                    }
                    Err(error) => respond(request, 400, html! { p { (error.to_string()) } }),
                },
                _ => respond(request, 405, html! { p { "Only GET and POST." } }),
            }
        }
    }

    /// Other pages in the same browser must not reach this one: they know
    /// neither the secret nor may they name another host for this address.
    fn is_ours(&self, request: &Request) -> bool {
        let host = request
            .headers()
            .iter()
            .find(|header| header.field.equiv("Host"))
            .map(|header| header.value.as_str().to_owned());
        let port = self
            .server
            .server_addr()
            .to_ip()
            .map(|address| address.port());
        let expected = port.map(|port| [format!("127.0.0.1:{port}"), format!("localhost:{port}")]);
        let path = request.url().strip_prefix('/').unwrap_or_default();
        path == self.secret
            && host.is_some_and(|host| expected.is_some_and(|known| known.contains(&host)))
    }
}

struct FormData {
    /// `None` where the template is left open.
    labels: BTreeMap<u32, Option<TemplateLabel>>,
    finished: bool,
}

fn read_form(request: &mut Request) -> Result<FormData> {
    let mut body = Vec::new();
    request
        .as_reader()
        .take(LARGEST_FORM)
        .read_to_end(&mut body)?;
    let mut data = FormData {
        labels: BTreeMap::new(),
        finished: false,
    };
    for (name, value) in form_urlencoded::parse(&body) {
        if name == "finish" {
            data.finished = true;
        } else {
            let template = name.parse().context("a field of the form is no template")?;
            let label = match &*value {
                "" => None,
                label => Some(label.parse()?),
            };
            data.labels.insert(template, label);
        }
    }
    Ok(data)
}

fn respond(request: Request, status: u16, content: Markup) {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Label templates" }
                style { (PreEscaped(STYLE)) }
            }
            body { (content) }
        }
    };
    let mut response =
        Response::from_string(page.into_string()).with_status_code(StatusCode(status));
    for (name, value) in [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
             frame-ancestors 'none'",
        ),
    ] {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    // A browser that went away is no error.
    let _ = request.respond(response);
}

fn form(
    templates: &[TemplateRow],
    labels: &BTreeMap<u32, TemplateLabel>,
    note: Option<&str>,
) -> Markup {
    html! {
        h1 { "Label templates" }
        p {
            "Give each template the type that its text states, and nothing more: "
            "where the text does not say why the mail was refused, it is ambiguous. "
            "Templates left open are typed by the classifier."
        }
        details {
            summary { "The types" }
            dl {
                @for kind in BounceType::ALL {
                    dt { (kind.id()) }
                    dd { (kind.meaning()) }
                }
            }
        }
        form method="post" {
            table {
                thead {
                    tr {
                        th .number scope="col" { "Messages" }
                        th scope="col" { "Template" }
                        th scope="col" { "Label" }
                    }
                }
                tbody {
                    @for row in templates {
                        @let label = labels.get(&row.template_id).copied();
                        tr {
                            td .number { (row.count) }
                            td .template { (row.whole()) }
                            td {
                                select name=(row.template_id)
                                    aria-label=(format!("Label of template {}", row.template_id)) {
                                    option value="" selected[label.is_none()] { "open" }
                                    @for kind in BounceType::ALL {
                                        option value=(kind.id()) selected[label == Some(kind.into())] {
                                            (kind.id()) " " (kind.name())
                                        }
                                    }
                                    option value="ambiguous"
                                        selected[label == Some(TemplateLabel::Ambiguous)] {
                                        "ambiguous"
                                    }
                                }
                            }
                        }
                    }
                }
            }
            div .bar {
                button { "Save" }
                button name="finish" value="yes" { "Save and finish" }
                span role="status" { @if let Some(note) = note { (note) } }
            }
        }
    }
}

fn farewell(note: &str) -> Markup {
    html! {
        h1 { "Done" }
        p { (note) " You can close this page." }
    }
}
