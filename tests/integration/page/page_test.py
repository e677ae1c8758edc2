#!/usr/bin/python3
"""Holds the status page to what it promises, in Chromium.

usage: page_test.py [--dbssd PROGRAM --simulator PROGRAM] [TEST …]
Ends with 77 where this host has no Chromium. Without the programs the real daemon is not asked.
"""
import argparse
import pathlib
import re
import shutil
import sys
import time
import unittest
from datetime import timedelta

import fleets

HERE = pathlib.Path(__file__).parent
SOURCES = pathlib.Path(__file__).parents[3]
MEASURES = (HERE / "measures.js").read_text()
TREACHEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ud800-\udfff]")


class PageTest(unittest.TestCase):
    def setUp(self):
        daemon.reset()
        page.look()

    def tearDown(self):
        if not page.run("return Boolean(window.seen)"):
            return
        self.assertEqual(page.run("return seen.violations"), [], "the Content-Security-Policy refused something")
        # What Chromium itself says of answers that are none is no fault of the page.
        self.assertEqual([line for line in page.log() if "Failed to load resource" not in line and self.expected not in line], [])

    expected = "\0"  # in the browser's log

    def show(self, body, **how):
        daemon.say(body)
        page.open(daemon.url, **how)
        self.wait_for_answer()

    def wait_for_answer(self):
        page.until("document.querySelector('#service dd')?.textContent === arguments[0]", daemon.body["version"])

    def refresh(self, body):
        """Another answer, asked for as on return to the tab."""
        daemon.say(body)
        self.ask()
        self.wait_for_answer()

    def ask(self):
        page.run("document.dispatchEvent(new Event('visibilitychange'))")

    def hide(self, hidden):
        page.run("Object.defineProperty(document, 'hidden', {configurable: true, get: () => arguments[0]})"
                 .replace("arguments[0]", str(hidden).lower()))
        self.ask()

    # ---- the answer ----

    def test_says_that_all_is_well_in_one_sentence(self):
        self.show(fleets.well())
        self.assertEqual(page.text(".answer"), "All is well with 17 instances in 2 projects, and there is no gap in 31 days.")
        self.assertEqual(page.driver.title, "✓ dbssd")
        self.assertEqual(page.texts("main b.bad"), [])
        self.assertIn("Next: nightly-sox on prod-orders-01 and 2 others, 15:00:13 UTC 17:00:13 here, in 58 minutes", page.text(".verdict"))

    def test_says_what_is_wrong_and_where_to_read_on(self):
        self.show(fleets.unwell())
        self.assertEqual(page.text(".answer"), "Not well: 1 project fails, 1 project was never asked, 1 instance is frozen, 1 instance is held, "
                                               "1 creation failed, 1 report is overdue, 2 gaps in 31 days.")
        self.assertIn("3 instances record nothing.", page.text(".verdict"))
        self.assertEqual(page.driver.title, "✕ dbssd")
        self.assertEqual(page.run("""return [...document.querySelectorAll('.verdict a')].map(
            (a) => document.querySelector(a.getAttribute('href'))?.querySelector('h2').textContent)"""),
            ["Fleet", "Fleet", "What is wrong", "What is wrong", "What is wrong", "What is wrong", "Covered by reports, 31 days", "Instances that record nothing"])

    def test_does_not_call_well_what_the_daemon_calls_unwell(self):
        self.show(fleets.well() | {"well": False})
        self.assertEqual(page.text(".answer"), "Not well, and the daemon does not say why.")

    def test_says_that_a_policy_was_refused_and_why(self):
        self.show(fleets.refused())
        self.assertEqual(page.text(".answer"), "Not well: a changed policy was refused.")
        self.assertIn("policy refused the service", page.text("#wrong tbody"))
        self.assertIn("To do: dbssd check lists every error", page.text("#wrong tbody"))
        self.assertIn("refused: policy.yaml:7: unknown member 'scedule' The policy before it stays in force.", page.text("#service"))

    def test_has_a_sentence_for_what_is_not_there(self):
        self.show(fleets.empty())
        self.assertIn("there is nothing to watch", page.text(".answer"))
        self.assertIn("no instance", page.text("#fleet"))
        for section, sentence in {"wrong": "Nothing is held", "timeline": "No report is scheduled", "coverage": "No report has covered",
                                  "blind": "Each instance that is known records.", "left": "Nothing was left undone."}.items():
            self.assertIn(sentence, page.text("#" + section))

    def test_does_not_call_well_what_was_never_asked(self):
        self.show(fleets.unasked())
        self.assertEqual(page.text(".answer"), "Not well: 1 project was never asked.")
        self.assertEqual(page.driver.title, "✕ dbssd")
        self.assertIn("never asked yet", page.text("#fleet"))

    def test_has_words_for_each_trouble_that_the_daemon_knows(self):
        kinds = re.findall(r'std::string_view k\w+ = "([a-z ]+)"', (SOURCES / "daemon/overview/trouble.h").read_text())
        self.assertGreater(len(kinds), 15)
        for kind in kinds:
            self.show(fleets.document([fleets.project(wrong=[fleets.standing(kind)])], well=False))
            self.assertRegex(page.text(".answer"), "^Not well: [^,]+[.]$")
            self.assertNotIn("does not say why", page.text(".answer"))
            self.assertNotIn("thing is", page.text(".answer"))
            self.assertIn(kind, page.text("#wrong tbody"))

    # ---- the sections ----

    def test_counts_a_fleet_and_says_who_cannot_be_reached(self):
        self.show(fleets.unwell())
        core, archive, new = page.texts("#fleet tbody tr")
        for words in ("6 ACTIVE", "1 UPGRADING", "2 SHUTOFF", "1 FROZEN", "1 no longer listed", "answered 4 seconds ago",
                      "issued 3 hours ago", "expires in 21 hours"):
            self.assertIn(words, core)
        self.assertIn("fails since 13:40:13 UTC 15:40:13 here, 22 minutes ago", archive)
        self.assertIn("connection refused by https://dbss", archive)
        self.assertIn("never asked yet none", new)

    def test_lists_what_is_wrong_under_way_and_waiting_with_reasons(self):
        self.show(fleets.unwell())
        held, overdue, frozen, failed = page.texts("#wrong tbody tr")[:4]
        self.assertIn("start rule keep-running selects it To do: settle in the console what it is frozen for, mostly a bill", frozen)
        self.assertIn("prod-stock-lab id-of-prod-stock-lab in core until 2026-03-29T18:00:00Z: something keeps stopping it", held)
        self.assertIn("report overdue 40 % nightly-sox on prod-orders-01, 07:02:13 UTC 09:02:13 here", overdue)
        self.assertIn("13:40:13 UTC 15:40:13 here, 22 minutes ago it has not finished within 2h", overdue)
        self.assertIn("order 3d265fee-1e54-48c8-8d02-6347c07b3db8 in core", failed)
        self.assertIn("70 % hourly-pci on prod-orders-01", page.text("#flight"))
        self.assertEqual(page.run("return document.querySelector('#flight progress').value"), 70)
        self.assertIn("waits for the instance to be ACTIVE", page.text("#waiting"))
        self.assertIn("start prod-legacy-01 in core it is FROZEN: an unpaid bill, not a fault 412 times", page.text("#left"))
        self.assertIn("and 2 more, which the daemon counts and does not list", page.text("#left"))

    def test_draws_each_mark_and_says_it_in_words(self):
        self.show(fleets.unwell())
        self.assertIn("✕ 1 failed, 8 missed 6 running, 129 finished, 138 due", page.texts("#timeline summary")[1])
        subpaths = page.run("""return Object.fromEntries([...document.querySelectorAll('#timeline details:nth-of-type(2) .line path')]
            .map((path) => [path.getAttribute('class'), path.getAttribute('d').split('M').length - 1]))""")
        self.assertEqual(subpaths, {"hour": 8, "now": 1, "due": 23, "finished": 22, "running": 1, "missed": 2, "hollow": 2, "failed": 1})
        failed = page.run("return document.querySelector('#timeline .line path.failed[d]:not(.swatch path)').getAttribute('d')")
        at_18 = (4 * 3600 - 2 * 60 - 13) / (48 * 3600) * 1000
        self.assertAlmostEqual(float(failed[1:failed.index(" ")]), at_18, delta=0.1)
        page.run("document.querySelectorAll('#timeline summary')[1].click()")
        page.until("document.querySelectorAll('#timeline tbody tr').length === 47")
        self.assertIn("28 Mar 18:00 UTC 19:00 here ✕ 1 failed 5 finished", page.texts("#timeline tbody tr"))
        self.assertIn("15:00 UTC 17:00 here 6 due", page.texts("#timeline tbody tr"))

    def test_draws_marks_that_were_summed_in_their_middle(self):
        body = fleets.well()
        bucket = fleets.mark(fleets.NOW + 6 * fleets.HOUR, due=30) | {"until": fleets.ahead(12 * fleets.HOUR)}
        body["timeline"]["rows"] = [{"project": "core", "report": "often", "marks": [bucket]}]
        self.show(body)
        self.assertEqual(page.run("return document.querySelector('#timeline .rows path.due').getAttribute('d')"), "M687.5 17V22")
        page.run("document.querySelector('#timeline summary').click()")
        page.until("document.querySelector('#timeline tbody')")
        self.assertEqual(page.texts("#timeline tbody tr"), ["20:02:13 UTC 22:02:13 here to 30 Mar 02:02:13 UTC 04:02:13 here 30 due"])

    def test_marks_now_in_the_middle_of_the_time_line(self):
        self.show(fleets.well())
        line = page.run("return document.querySelector('#timeline .rows .now[d]').getAttribute('d')")
        self.assertAlmostEqual(float(re.match(r"M([\d.]+) ", line)[1]), 500, delta=1)
        self.assertEqual(page.run("return document.querySelector('#timeline text.now').getAttribute('x')")[:2], "50")

    def test_names_each_gap(self):
        self.show(fleets.unwell())
        self.assertEqual(page.texts("#coverage tbody tr"), [
            "prod-orders-01 id-0 20 Mar 14:02:13 UTC 15:02:13 here 21 Mar 14:02:13 UTC 15:02:13 here, 1 day "
            "missed: the deadline passed while the project could not be reached",
            "prod-hr-01 id-1 28 Mar 08:02:13 UTC 09:02:13 here 28 Mar 09:02:13 UTC 10:02:13 here, 1 hour "
            "missed: the instance was SHUTOFF"])
        self.assertEqual(page.texts("#coverage .sum"), ["2 gaps", "no gap"])

    def test_draws_a_strip_to_scale_and_gaps_higher_than_the_rest(self):
        self.show(fleets.unwell())
        strip, = page.run("""const strip = document.querySelector('.strip').getBoundingClientRect();
            return [[...document.querySelectorAll('.strip')[0].querySelectorAll('rect')].map((rect) => {
              const {left, width, height} = rect.getBoundingClientRect();
              return [rect.getAttribute('class'), 31 * (left - strip.left) / strip.width, 31 * width / strip.width, height]; })]""")
        gaps = [row for row in strip if row[0] == "bad"]
        self.assertEqual(len(gaps), 2)
        self.assertAlmostEqual(gaps[0][1], 22, delta=0.1)
        self.assertAlmostEqual(gaps[0][2], 1, delta=0.1)
        self.assertTrue(all(gap[3] > 1.5 * row[3] for gap in gaps for row in strip if row[0] == "good"))

    def test_draws_all_strips_to_one_scale(self):
        begun = {"from": fleets.ago(2 * fleets.DAY), "segments": [
            {"begin": fleets.ago(2 * fleets.DAY), "end": fleets.ago(fleets.DAY), "state": "covered", "instances": 1, "reason": ""}]}
        older = {"from": fleets.ago(40 * fleets.DAY), "segments": [
            {"begin": fleets.ago(40 * fleets.DAY), "end": fleets.ago(15.5 * fleets.DAY), "state": "covered", "instances": 1, "reason": ""}]}
        self.show(fleets.document([fleets.project()], coverage=[fleets.coverage("core", "young") | begun, fleets.coverage("core", "old") | older]))
        young, old = page.run("return [...document.querySelectorAll('.strip .good')].map((r) => ['x', 'width'].map((a) => parseFloat(r.getAttribute(a))))")
        self.assertAlmostEqual(young[0], 100 * 29 / 31, delta=0.01)
        self.assertAlmostEqual(young[1], 100 / 31, delta=0.01)
        self.assertEqual(old, [0, 50])

    def test_groups_the_digits_of_large_numbers(self):
        self.show(fleets.document([fleets.project(instances={"ACTIVE": 98765})]))
        self.assertIn("98,765 instances in 1 project", page.text(".answer"))
        self.assertIn("98,765 ACTIVE", page.text("#fleet"))

    def test_shows_who_records_nothing_in_the_order_given(self):
        self.show(fleets.unwell())
        rows = page.texts("#blind tbody tr")
        self.assertEqual([row.split()[0] for row in rows], ["prod-legacy-01", "prod-hr-01", "prod-stock-lab"])
        self.assertIn("FROZEN 12 days 3 hours since 17 Mar 11:02:13 UTC 12:02:13 here frozen by the cloud", rows[0])

    def test_opens_the_rest_of_a_long_list(self):
        body = fleets.document([fleets.project(wrong=[fleets.standing("held", f"db-{i}") for i in range(11)], wrong_more=5)], well=False)
        self.show(body)
        self.assertEqual(len(page.texts("#wrong tbody tr")), 8)
        self.assertIn("and 5 more", page.text("#wrong"))
        page.run("document.querySelector('#wrong summary').click()")
        page.until("document.querySelectorAll('#wrong tbody tr').length === 11")

    # ---- names from elsewhere ----

    def test_a_hostile_name_stays_text(self):
        self.show(fleets.hostile())
        page.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
        page.until("document.querySelectorAll('#timeline table').length === arguments[0]", len(fleets.HOSTILE))
        page.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
        self.assertEqual(page.run("return document.querySelectorAll('img, main script, main a[href^=java], [style]').length"), 0)
        self.assertEqual(page.run("return document.scripts.length"), 1)
        text = page.run("return document.body.textContent")
        self.assertEqual(TREACHEROUS.findall(text), [])
        for words in ("<img src=x onerror=alert(1)>", "\\u{202e}drowssap\\u{202c} \\u{2066}\\u{200f}", "\\u{20}\\u{20}", "\\u{3164}", "x" * 300,
                      "line one\\u{a}line\\u{9}two\\u{0}\\u{1b}[31m\\u{7f}", "__proto__", "\\u{d800}"):
            self.assertIn(words, text)
        self.assertIn("no name", page.texts("#timeline .title i"))
        self.assertEqual(set(page.run("return [...document.querySelectorAll('.bar rect')].map((rect) => rect.getAttribute('class'))")),
                         {"good", "other"})
        self.assertEqual(page.run("""const named = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
            let outside = 0;
            while (named.nextNode()) outside += /drowssap|onerror|ععع/.test(named.currentNode.data) && !named.currentNode.parentElement.closest('bdi');
            return outside"""), 0, "each is isolated from the text around it")

    def test_a_long_name_is_cut_and_there_to_be_read(self):
        self.show(fleets.document([fleets.project("p" * 300)]))
        self.assertIn("p" * 40 + "…", page.text("#fleet tbody th").replace("p" * 47, "p" * 40))
        self.assertNotIn("p" * 60, page.text("#fleet"))
        page.run("document.querySelector('#fleet summary').click()")
        page.until("document.querySelector('#fleet').innerText.includes('p'.repeat(300))")

    def test_stays_as_wide_as_a_phone(self):
        for fleet in (fleets.well(), fleets.unwell(), fleets.hostile()):
            page.look(width=360)
            self.show(fleet)
            self.assertLessEqual(page.run("return document.documentElement.scrollWidth"), 360)
            page.run("document.querySelectorAll('section:not(#timeline) details').forEach((one) => one.open = true)")
            page.frame()
            self.assertLessEqual(page.run("return document.documentElement.scrollWidth"), 360)

    # ---- for everybody ----

    def test_has_enough_contrast(self):
        for scheme in ("light", "dark"):
            page.look(scheme=scheme)
            self.show(fleets.unwell())
            measured = page.run(MEASURES)
            self.assertEqual(measured["low"], [], scheme)
            self.assertGreater(measured["count"], 150)
        self.assertEqual(page.run("return getComputedStyle(document.body).backgroundColor"), "rgb(19, 22, 24)")

    def test_tells_assistive_technology_what_eyes_see(self):
        page.look(width=360)
        self.show(fleets.unwell())
        tree = page.tree()
        names = lambda role: [name for found, name in tree if found == role]
        self.assertEqual(names("heading"), ["dbssd", "What is wrong", "Fleet", "In flight", "Waiting", "A day back, a day ahead",
                                            "Covered by reports, 31 days", "Instances that record nothing", "Decided not to do", "Service"])
        self.assertIn("Gaps of nightly-sox", names("table"))
        self.assertIn("prod-legacy-01 id-0 in core", [" ".join(name.split()) for name in names("rowheader")])
        self.assertIn("6 ACTIVE, 2 SHUTOFF, 1 FROZEN, 1 UPGRADING", names("image"))
        self.assertIn("covered 23 days 21 hours, gap 1 day 1 hour, pending 2 hours", names("image"))
        self.assertNotIn("", names("image") + names("progressbar") + names("table") + names("link"))
        # Other browsers forget what a table is once it is laid out as blocks.
        self.assertEqual(page.run("return document.querySelectorAll('table:not([role=table]), tr:not([role=row]), td:not([role=cell])').length"), 0)
        self.assertEqual(page.text("#said"), page.text(".answer"))

    def test_can_be_walked_with_the_keyboard(self):
        self.show(fleets.unwell())
        reachable = page.run("return [...document.querySelectorAll('a[href], summary')].map((one) => one.innerText)")
        walked = []
        for _ in reachable:
            press("Tab")
            walked.append(page.run("""const at = document.activeElement, style = getComputedStyle(at);
                return [at.innerText, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]"""))
        self.assertEqual(walked, [[text, True] for text in reachable])

    def test_opens_a_row_with_the_enter_key(self):
        self.show(fleets.well())
        page.run("document.querySelector('#timeline summary').focus()")
        press("Enter")
        page.until("document.querySelectorAll('#timeline tbody tr').length === 7")
        self.assertEqual(page.run("return document.activeElement === document.querySelector('#timeline summary')"), True)

    # ---- asking again ----

    def test_a_refresh_keeps_focus_place_and_what_is_open(self):
        self.show(fleets.unwell())
        page.run("document.querySelectorAll('#timeline summary')[1].click()")
        page.until("document.querySelector('#timeline tbody')")
        before = page.run("""const row = document.querySelectorAll('#timeline summary')[1];
            row.focus(); row.scrollIntoView({behavior: 'instant', block: 'start'});
            window.row = row; return row.getBoundingClientRect().top""")
        body = fleets.unwell()
        body["projects"][0]["wrong"].insert(0, fleets.standing("start overdue", "prod-newly-wrong"))
        body["timeline"]["rows"].insert(0, {"project": "core", "report": "another", "marks": fleets.marks(6 * fleets.HOUR)})
        self.refresh(body)
        self.assertIn("prod-newly-wrong", page.text("#wrong"))
        self.assertTrue(page.run("return document.activeElement === row && row.isConnected && row.parentElement.open"))
        self.assertIn("hourly-pci", page.text("#timeline details[open] summary"))
        self.assertAlmostEqual(page.run("return row.getBoundingClientRect().top"), before, delta=2)

    def test_keeps_focus_on_what_changes_its_place(self):
        self.show(fleets.well())
        page.run("window.row = document.querySelectorAll('#timeline summary')[1]; row.focus()")
        body = fleets.well()
        body["timeline"]["rows"].reverse()
        self.refresh(body)
        self.assertEqual(page.run("return [document.activeElement === row, document.querySelectorAll('#timeline summary')[0] === row]"), [True, True])

    def test_says_a_change_once_and_what_is_unchanged_never(self):
        self.show(fleets.well())
        page.run("""new MutationObserver(() => ++seen.said).observe(document.querySelector('#said'), {childList: true, characterData: true, subtree: true})""")
        self.refresh(fleets.well())
        self.assertEqual(page.run("return seen.said"), 0)
        self.refresh(fleets.unwell())
        self.assertEqual(page.run("return seen.said"), 1)
        self.assertIn("Not well: 1 project fails", page.text("#said"))

    def test_asks_every_15_seconds_and_never_while_it_is_hidden(self):
        self.show(fleets.well(), haste=100)
        page.until("seen.waits.length > 3")
        self.assertEqual(set(page.run("return seen.waits")), {15000})
        daemon.hold = 0.05
        page.until("arguments[0] < performance.now()", page.run("return performance.now()") + 200)
        while not daemon.inside:  # hidden while it waits for an answer, after which no other question follows
            time.sleep(0.001)
        self.hide(True)
        asked = daemon.asked
        page.until("arguments[0] < performance.now()", page.run("return performance.now()") + 600)
        self.assertEqual(daemon.asked, asked)
        self.hide(False)
        page.until("seen.waits.length > arguments[0]", page.run("return seen.waits.length"))
        self.assertGreater(daemon.asked, asked)

    def test_asks_one_question_at_a_time(self):
        self.show(fleets.well())
        daemon.hold = 0.3
        for _ in range(5):
            self.ask()
        self.refresh(fleets.well())
        self.assertEqual(daemon.most_inside, 1)

    def test_gives_up_on_an_answer_after_10_seconds(self):
        self.show(fleets.well(), haste=50)
        daemon.hold = 0.6
        page.until("document.querySelector('.answer').textContent.includes('has not answered within 10 seconds')")
        self.assertEqual(set(page.run("return seen.limits")), {10000})

    # ---- a daemon that is lost ----

    def test_says_that_it_cannot_reach_the_daemon_and_keeps_what_was(self):
        self.show(fleets.unwell())
        daemon.status, daemon.clock = None, timedelta(0)
        self.ask()
        page.until("document.title === '? dbssd'")
        self.assertEqual(page.text(".answer"), "Not known: the daemon cannot be reached.")
        self.assertEqual(page.text("#said"), page.text(".answer"))
        self.assertRegex(page.text(".verdict"), "Last heard at 14:02:13 UTC 16:02:13 here, [0-9]+ seconds? ago: Not well: 1 project fails")
        self.assertIn("prod-stock-lab", page.text("#wrong"))
        self.assertEqual(page.run(MEASURES)["low"], [])
        daemon.status = 200
        self.refresh(fleets.well())
        self.assertIn("All is well", page.text(".answer"))

    def test_says_what_it_knows_where_it_never_reached_the_daemon(self):
        daemon.status = 503
        page.open(daemon.url)
        page.until("document.title === '? dbssd'")
        self.assertEqual(page.text(".answer"), "Not known: the daemon does not answer as it should: HTTP status 503.")
        daemon.body = {"time": "2026-03-29T14:02:13Z", "error": "state.db: disk I/O error"}
        self.ask()
        page.until("document.querySelector('.answer').textContent.includes('state.db: disk I/O error')")

    def test_says_how_old_the_data_are_by_the_clock_of_the_daemon(self):
        daemon.clock = timedelta(minutes=5)
        self.show(fleets.well())
        self.assertEqual(page.text(".answer"), "Not known: the daemon answers, but what it says is 5 minutes old.")
        self.assertIn("Last heard at 14:02:13 UTC 16:02:13 here, 5 minutes ago: All is well", page.text(".verdict"))
        self.assertRegex(page.text("header"), "the clock of this device is .* (ahead|behind)")

    def test_keeps_what_was_where_an_answer_is_not_understood(self):
        self.expected = "TypeError"
        self.show(fleets.well())
        for body in ("<html>", "null", '{"time": 7}', '{"time": "2026-03-29T14:02:13Z", "timeline": {"rows": [7]}}'):
            daemon.body = body
            self.ask()
            page.until("document.title === '? dbssd'")
            self.assertIn("Not known: ", page.text(".answer"))
            self.assertIn("nightly-sox", page.text("#timeline"))
            self.refresh(fleets.well())

    # ---- a large fleet ----

    def test_needs_few_elements_for_a_large_fleet(self):
        body = fleets.big()
        self.assertGreaterEqual(min(len(row["marks"]) for row in body["timeline"]["rows"]), 190)
        self.show(body)
        drawn = page.run("return document.querySelectorAll('*').length")
        self.assertLess(drawn, 20000)
        self.refresh(body)
        page.frame()
        self.assertEqual(page.run("return document.querySelectorAll('*').length"), drawn)


class RealDaemonTest(unittest.TestCase):
    def test_shows_what_the_real_daemon_knows(self):
        if not (arguments.dbssd and arguments.simulator):
            self.skipTest("no daemon was named")
        names = ["prod-orders-01", fleets.HOSTILE[0], fleets.HOSTILE[1]]
        fleet = [{"id": f"1d07f606-92d2-441c-b05c-dca47e18055{i}", "name": name, "status": "SHUTOFF" if i else "ACTIVE"}
                 for i, name in enumerate(names)]
        page.look()
        with daemon_with(arguments.dbssd, arguments.simulator, fleet) as (process, address):
            page.open(address)
            # What it is asked for first may be more than it knows by then.
            page.until("""document.querySelector('#fleet')?.innerText.includes('ACTIVE') ||
                document.dispatchEvent(new Event('visibilitychange')) && false""", limit=PATIENCE)
            self.assertIn("demo 1 ACTIVE 2 SHUTOFF reachable answered", page.text("#fleet tbody"))
            self.assertIn("expires in", page.text("#fleet tbody"))
            self.assertEqual(page.text(".answer"), "All is well with 3 instances in 1 project, and there is no gap in 31 days.")
            self.assertIn("2 instances record nothing. Next: hourly-sox on", page.text(".verdict"))
            self.assertIn(names[1], page.text("#blind"))
            self.assertIn("\\u{202e}drowssap", page.text("#blind"))
            self.assertRegex(page.text("#timeline summary"), r"hourly-sox in demo [0-9]+ due")
            self.assertIn("in force since", page.text("#service"))
            self.assertIn(f"held by process {process.pid}", page.text("#service"))
            self.assertEqual((page.run("return seen.violations"), page.log()), ([], []))
        page.run("document.dispatchEvent(new Event('visibilitychange'))")
        page.until("document.querySelector('.answer').textContent === 'Not known: the daemon cannot be reached.'")
        self.assertIn("1 ACTIVE", page.text("#fleet"))


def press(key):
    code = {"Tab": 9, "Enter": 13}[key]
    text = {"text": "\r"} if key == "Enter" else {}
    for kind in ("keyDown", "keyUp"):
        page.cdp("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **(text if kind == "keyDown" else {}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--dbssd", default="")
    parser.add_argument("--simulator", default="")
    arguments, rest = parser.parse_known_args()
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        print("SKIPPED: no Chromium here; packaging/install-build-deps.sh --with-checks installs it")
        sys.exit(77)
    from real_daemon import PATIENCE, daemon_with
    from stage import StandIn, browser

    daemon = StandIn()
    with browser() as page:
        unittest.main(argv=[sys.argv[0], *rest])
