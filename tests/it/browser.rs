use std::fs;

use crate::fixture::Fixture;
use crate::programs::dump_dom;

const CORPUS: &str = "//- a.txt\nThe ferry leaves the northern pier at dawn. Of the 19 people on board, 15 were from the village.\n\
    //- b.txt\nSnow fell. The ferry leaves the northern pier at dawn. The goverment closed the road to the harbour.\n\
    //- c.txt\nThe ferry leaves the northern pier at dawn. Of the 19 people on board, 17 were from the village. It rained.\n\
    //- evil.txt\nThe page ends here </script><script>document.title='owned'</script> and goes on.\n\n\
    The page ends here </script><script>document.title='owned'</script> and goes on.\n";

/// The page with a script of a tester behind its own; what that finds stands in `#found`.
fn driven(fixture: &Fixture, script: &str) -> Option<(String, String)> {
    let page = fs::read_to_string(fixture.output().join("report.html")).unwrap();
    let nonce = page.split("<script nonce=\"").nth(1).unwrap().split('"').next().unwrap();
    let driver = format!(
        "<pre id=\"found\"></pre><script nonce=\"{nonce}\">(async () => {{
        const key = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }}));
        const tell = value => {{ document.getElementById('found').textContent = value; }};
        try {{ {script} }} catch (error) {{ tell('FAILED ' + error + error.stack); }}
        }})();</script></body>"
    );
    let path = fixture.path().join("driven.html");
    fs::write(&path, page.replace("</body>", &driver)).unwrap();
    let dom = dump_dom(&path, &fixture.path().join("profile"))?;
    let found =
        dom.split("<pre id=\"found\">").nth(1).unwrap_or_default().split("</pre>").next().unwrap().to_owned();
    let found = found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Some((dom, found))
}

fn cleaned() -> Fixture {
    let fixture = Fixture::new(CORPUS);
    fixture.clean(&[], 0);
    fixture
}

#[test]
fn the_page_works_in_a_browser_and_what_a_corpus_says_stays_text() {
    let fixture = cleaned();
    let rows = fixture.rows().len();
    let Some((dom, found)) =
        driven(&fixture, "tell(document.title + '|' + document.querySelectorAll('[data-place]').length)")
    else {
        return;
    };
    assert!(dom.contains("data-ready=\"yes\""), "the page's script did not run to its end");
    assert_eq!(found, format!("Scrubjay report|{rows}"));
}

#[test]
fn search_filters_keys_and_the_saved_file_do_what_they_say() {
    let fixture = cleaned();
    let script = r#"
        const shown = () => document.querySelectorAll('[data-place]').length;
        const pick = (id, value) => { const field = document.getElementById(id); field.value = value; field.onchange(); };
        const wait = time => new Promise(done => setTimeout(done, time));
        const search = document.getElementById('search');
        const log = [shown()];
        search.value = 'GOVERMENT'; search.oninput(); await wait(300); log.push(shown());
        search.value = 'nowhere to be found'; search.oninput(); await wait(300); log.push(shown(), document.getElementById('nothing').hidden);
        search.value = ''; search.oninput(); await wait(300);
        pick('action', 'review'); log.push(shown()); pick('action', '');
        pick('order', 'cluster'); log.push(shown()); pick('order', 'document');
        key('j'); key('r');                       // the first is rejected, and the second is current
        key('a'); key('a'); key('u');             // two accepted, one taken back
        key('k'); key('k'); key('k');
        const file = new Promise(done => { URL.createObjectURL = blob => { blob.text().then(done); return 'blob:none'; }; });
        document.getElementById('save').click();
        tell(log.join(',') + '\n' + (await file).replace('\ufeff', ''));
    "#;
    let Some((_, found)) = driven(&fixture, script) else { return };
    let (log, saved) = found.split_once('\n').unwrap_or_else(|| panic!("{found}"));
    let all = fixture.rows().len();
    assert_eq!(log, format!("{all},1,0,false,1,{all}"));
    let rows = fixture.rows();
    fs::write(fixture.path().join("decisions.csv"), saved).unwrap();
    let decided: Vec<(String, String)> = csv::Reader::from_reader(saved.as_bytes())
        .records()
        .map(Result::unwrap)
        .map(|row| (row[0].to_owned(), row[1].to_owned()))
        .collect();
    let id = |n: usize| rows[n]["row_id"].clone();
    assert_eq!(decided, [(id(0), "reject".to_owned()), (id(1), "accept".to_owned())]);
    let run = fixture.run(&["apply", "out", "decisions.csv"]).exits(0);
    run.says("   accepted  1");
    run.says("   rejected  1");
}

#[test]
fn an_edit_made_on_the_page_is_written_into_the_text() {
    let fixture = cleaned();
    let script = r#"
        const search = document.getElementById('search');
        search.value = 'goverment'; search.oninput(); await new Promise(done => setTimeout(done, 300));
        key('j'); key('e');
        const field = document.querySelector('.editor textarea');
        const proposed = field.value;
        field.value = '=county, "council"';
        document.querySelector('.editor .primary').click();
        const file = new Promise(done => { URL.createObjectURL = blob => { blob.text().then(done); return 'blob:none'; }; });
        document.getElementById('save').click();
        tell(proposed + '\n' + (await file).replace('\ufeff', ''));
    "#;
    let Some((_, found)) = driven(&fixture, script) else { return };
    let (proposed, saved) = found.split_once('\n').unwrap_or_else(|| panic!("{found}"));
    assert_eq!(proposed, "government");
    fs::write(fixture.path().join("decisions.csv"), saved).unwrap();
    fixture.run(&["apply", "out", "decisions.csv"]).exits(0);
    assert!(fixture.texts()["b.txt"].contains("The =county, \"council\" closed the road"));
}
