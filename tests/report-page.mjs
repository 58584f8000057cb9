// The checks of report-page.sh, which installs the driver and calls this file.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [reportPath, pictures] = process.argv.slice(2);
const reportUrl = pathToFileURL(reportPath).href;
const report = JSON.parse(readFileSync(join(dirname(reportPath), "report.json"), "utf8"));
const types = Array.from({ length: 16 }, (_, index) => `T${index + 1}`);

const DESKTOP = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 780 };
const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
// A4 less margins of 10 mm, in CSS pixels.
const PAPER = { width: 718, height: 1047 };
// More presses of Tab than any report needs: whoever gets there is trapped.
const MOST_TABS = 400;

let failures = 0;
function check(holds, what, details = []) {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (holds) return;
  failures += 1;
  for (const detail of details.slice(0, 8)) console.log(`       ${detail}`);
  if (details.length > 8) console.log(`       and ${details.length - 8} more`);
}
const note = (what) => console.log(`--   ${what}`);
const grouped = (number) => number.toLocaleString("en-GB");
// Whether a text has the number as such, and not as part of a longer one.
const says = (text, number) =>
  new RegExp(`(?<![\\d.,T])${grouped(number)}(?![\\d%]|[.,]\\d)`).test(text ?? "");

// What pages ask for and complain of, from the first to the last of this run.
const requests = new Set();
const complaints = new Set();

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  // Chromium's sandbox refuses root, who runs tests in many containers.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  await matrixSaysTheCounts();
  await everythingHasAName();
  await theKeyboardReachesTheMatrix();
  await arrowsMoveBetweenCells();
  await nothingOverflows();
  await takePictures();
  check(requests.size === 0, "the page loads nothing but itself", [...requests]);
  check(complaints.size === 0, "no console errors, no warnings, no exceptions", [...complaints]);
} catch (error) {
  check(false, "the test ran to its end", String(error?.stack ?? error).split("\n"));
} finally {
  await browser.close();
}
console.log(failures === 0 ? "all checks passed" : `${failures} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;

/** A page with the report, whose requests and complaints are watched. */
async function open(viewport, { media, scheme = "light" } = {}) {
  const page = await browser.newPage();
  page.on("console", (message) => {
    if (["error", "warn", "warning", "assert"].includes(message.type())) {
      complaints.add(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.add(`exception: ${error?.message ?? error}`));
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const url = request.url();
    if (url.split("#")[0] === reportUrl || /^(data|blob|about):/.test(url)) {
      request.continue();
    } else {
      requests.add(`${request.resourceType()} ${url.slice(0, 120)}`);
      request.abort();
    }
  });
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  if (media) await page.emulateMediaType(media);
  await page.goto(reportUrl, { waitUntil: "load" });
  return page;
}

/** The largest cell that is right and the largest that is wrong, if there are any. */
function namedCells() {
  const cells = report.confusion.flatMap((row, gold) =>
    row.map((count, predicted) => ({ gold, predicted, count })),
  );
  const largest = (wanted) =>
    cells.filter((cell) => cell.count > 0 && wanted(cell)).sort((a, b) => b.count - a.count)[0];
  return [
    largest((cell) => cell.gold === cell.predicted),
    largest((cell) => cell.gold !== cell.predicted),
  ].filter(Boolean);
}

function nameOf({ gold, predicted }) {
  return `${types[gold]} → ${types[predicted]}`;
}

/** The cell below the header of the predicted type, where a reader looks for it. */
function findCell(page, { gold, predicted }) {
  return page.evaluateHandle(
    (goldId, predictedId) => {
      const starts = (id) => (header) => new RegExp(`^\\s*${id}(?!\\d)`).test(header.textContent);
      const matrix = document.querySelector("table.matrix");
      const column = [...(matrix?.querySelectorAll("thead th") ?? [])].find(starts(predictedId));
      const row = [...(matrix?.querySelectorAll("tbody tr") ?? [])].find((candidate) => {
        const header = candidate.querySelector("th");
        return header && starts(goldId)(header);
      });
      if (!column || !row) return null;
      const box = column.getBoundingClientRect();
      const middle = box.left + box.width / 2;
      return [...row.querySelectorAll("td")].find((cell) => {
        const { left, right } = cell.getBoundingClientRect();
        return left <= middle && middle < right;
      });
    },
    types[gold],
    types[predicted],
  );
}

/** What a cell shows, and what it tells on demand. */
function readCell(cell) {
  return cell.evaluate((element) => {
    if (!element) return null;
    const labelled = element.matches("[title], [aria-label]")
      ? element
      : element.querySelector("[title], [aria-label]");
    return {
      shown: element.innerText.trim(),
      labels: ["title", "aria-label"].map((name) => labelled?.getAttribute(name)).filter(Boolean),
    };
  });
}

/** Why a cell does not say its count, or nothing. */
function fault({ gold, predicted, count }, read) {
  const support = report.per_type[types[gold]].support;
  if (!read) return "there is no such cell";
  if (read.labels.length === 0) return "it has neither title nor aria-label";
  if (read.shown === "") return "it shows nothing";
  const wanted = `${grouped(count)} of ${grouped(support)}`;
  for (const label of read.labels) {
    const said = label.match(/([\d,]+)\s+of\s+([\d,]+)/);
    if (!said || `${said[1]} of ${said[2]}` !== wanted) {
      return `it should say ${wanted}, but says “${label}”`;
    }
    const ids = label.match(/T\d+/g) ?? [];
    if (!ids.includes(types[gold]) || !ids.includes(types[predicted])) {
      return `it is of another pair of types: “${label}”`;
    }
  }
  return undefined;
}

async function matrixSaysTheCounts() {
  const page = await open(DESKTOP);
  const named = namedCells();
  check(named.length > 0, "report.json has a confusion matrix that is not empty");
  for (const cell of named) {
    const element = await findCell(page, cell);
    const read = await readCell(element);
    const why = fault(cell, read);
    check(!why, `cell ${nameOf(cell)} says ${grouped(cell.count)}`, [why]);
    if (!read) continue;

    await element.evaluate((found) => found.scrollIntoView({ block: "center", inline: "center" }));
    await element.hover();
    const covered = await element.evaluate((found) => {
      const { left, top, width, height } = found.getBoundingClientRect();
      const topmost = document.elementFromPoint(left + width / 2, top + height / 2);
      return found.contains(topmost) ? undefined : (topmost?.outerHTML.slice(0, 100) ?? "nothing");
    });
    check(covered === undefined, `a pointer reaches cell ${nameOf(cell)}`, [`it meets ${covered}`]);
    await readoutSays(page, cell, "pointed at");
  }

  const faults = [];
  let cells = 0;
  for (const [gold, row] of report.confusion.entries()) {
    for (const [predicted, count] of row.entries()) {
      if (count === 0) continue;
      cells += 1;
      const cell = { gold, predicted, count };
      const why = fault(cell, await readCell(await findCell(page, cell)));
      if (why) faults.push(`${nameOf(cell)}: ${why}`);
    }
  }
  check(faults.length === 0, `all ${cells} cells that are not 0 say their counts`, faults);
  await page.close();
}

/** Pages may tell a cell's count in an element of its own. */
async function readoutSays(page, cell, how) {
  const read = () =>
    page.$$eval("[data-readout]", (found) =>
      found.filter((element) => element.checkVisibility()).map((element) => element.innerText),
    );
  if (!(await page.$("[data-readout]"))) {
    note("the page has no [data-readout]");
    return;
  }
  let texts = [];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    texts = await read();
    if (texts.some((text) => says(text, cell.count))) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  check(
    texts.some((text) => says(text, cell.count)),
    `[data-readout] says ${grouped(cell.count)} with cell ${nameOf(cell)} ${how}`,
    texts.length > 0 ? texts.map((text) => `it says “${text}”`) : ["it cannot be seen"],
  );
}

async function everythingHasAName() {
  const page = await open(DESKTOP);
  const found = await page.evaluate(() => {
    const labelled = (element) => {
      if (element.getAttribute("aria-label")?.trim()) return true;
      const ids = element.getAttribute("aria-labelledby")?.split(/\s+/) ?? [];
      return ids.some((id) => document.getElementById(id)?.textContent.trim());
    };
    const told = (element, selector) =>
      [...element.children].some((child) => child.matches(selector) && child.textContent.trim());
    const inLabelledRegion = (element) => {
      for (let parent = element.parentElement; parent; parent = parent.parentElement) {
        if (parent.matches("section, figure, [role=region], [role=group], [role=figure]")) {
          if (labelled(parent) || told(parent, "figcaption")) return true;
        }
      }
      return false;
    };
    const opening = (element) => element.outerHTML.slice(0, 120);
    const pictures = [...document.querySelectorAll("svg[role=img]")];
    const tables = [...document.querySelectorAll("table")];
    return {
      pictures: pictures.length,
      tables: tables.length,
      namelessPictures: pictures.filter((svg) => !labelled(svg) && !told(svg, "title")).map(opening),
      namelessTables: tables
        .filter((table) => !labelled(table) && !told(table, "caption") && !inLabelledRegion(table))
        .map(opening),
    };
  });
  check(
    found.namelessPictures.length === 0,
    `all ${found.pictures} pictures (svg role=img) have a name`,
    found.namelessPictures,
  );
  check(
    found.namelessTables.length === 0,
    `all ${found.tables} tables have a caption, a label or a labelled region`,
    found.namelessTables,
  );
  await page.close();
}

/** Where the focus is, and what marks it there. */
function focusOf(page) {
  return page.evaluateHandle(() => document.activeElement);
}

function marks(element) {
  return element.evaluate((focused) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(focused);
    const outlined =
      outlineStyle !== "none" &&
      parseFloat(outlineWidth) > 0 &&
      !/^rgba\(.*, 0\)$|\/ 0\)$/.test(outlineColor);
    return {
      outlined,
      all: [outlineStyle, outlineWidth, outlineColor, boxShadow].join(" "),
      seen: focused.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
      opening: focused.outerHTML.slice(0, 100),
    };
  });
}

async function theKeyboardReachesTheMatrix() {
  const page = await open(DESKTOP);
  const unmarked = [];
  let reached = false;
  let stops = 0;
  let ended = false;
  let previous;
  for (let tabs = 0; tabs < MOST_TABS && !ended; tabs += 1) {
    await page.keyboard.press("Tab");
    const focused = await focusOf(page);
    const same = previous && (await page.evaluate((a, b) => a === b, focused, previous.element));
    if (same) break;
    // A mark that is there without the focus as well marks nothing.
    if (previous && (await marks(previous.element)).all === previous.marks.all) {
      unmarked.push(`looks the same without the focus: ${previous.marks.opening}`);
    }
    // Past its last stop, the browser leaves the page.
    ended = await focused.evaluate((element) => !element || element === document.body);
    if (ended) break;
    stops += 1;
    const now = await marks(focused);
    if (!now.outlined) unmarked.push(`no outline: ${now.opening}`);
    if (!now.seen) unmarked.push(`focused but not seen: ${now.opening}`);
    reached ||= await focused.evaluate((element) => {
      const matrix = document.querySelector("table.matrix");
      return matrix !== null && (matrix.contains(element) || element.contains(matrix));
    });
    previous = { element: focused, marks: now };
  }
  check(reached, "Tab reaches the matrix");
  check(ended, `Tab goes through the page: ${stops} stops`, [
    `it never leaves ${previous?.marks.opening}`,
  ]);
  check(unmarked.length === 0, "what has the focus has a visible outline", unmarked);
  await page.close();
}

async function arrowsMoveBetweenCells() {
  const page = await open(DESKTOP);
  if (!(await page.$("table.matrix [role=gridcell], table.matrix td[tabindex]"))) {
    note("the cells of the matrix take no focus: no arrow keys to check");
    await page.close();
    return;
  }
  // Row and column of the focused cell, row headers counted.
  const place = () =>
    page.evaluate(() => {
      const cell = document.activeElement?.closest("td, th");
      const matrix = document.querySelector("table.matrix");
      if (!cell || !matrix.contains(cell)) return undefined;
      return { row: cell.parentElement.rowIndex, column: cell.cellIndex };
    });
  let at;
  for (let tabs = 0; tabs < MOST_TABS && !at; tabs += 1) {
    await page.keyboard.press("Tab");
    at = await place();
  }
  check(at !== undefined, "Tab reaches a cell of the matrix");
  if (at) {
    const press = async (key) => {
      await page.keyboard.press(key);
      return (await place()) ?? {};
    };
    const right = await press("ArrowRight");
    check(
      right.row === at.row && right.column === at.column + 1,
      "ArrowRight moves the focus one cell",
      [`from ${JSON.stringify(at)} to ${JSON.stringify(right)}`],
    );
    for (const cell of namedCells()) {
      const wanted = await (await findCell(page, cell)).evaluate((element) => ({
        row: element?.parentElement.rowIndex,
        column: element?.cellIndex,
      }));
      let now = await place();
      for (let presses = 0; presses < 40 && now; presses += 1) {
        if (now.row === wanted.row && now.column === wanted.column) break;
        if (now.row !== wanted.row) {
          now = await press(now.row < wanted.row ? "ArrowDown" : "ArrowUp");
        } else {
          now = await press(now.column < wanted.column ? "ArrowRight" : "ArrowLeft");
        }
      }
      const there = now?.row === wanted.row && now?.column === wanted.column;
      check(there, `arrow keys reach cell ${nameOf(cell)}`, [`they end at ${JSON.stringify(now)}`]);
      if (there) {
        const { outlined } = await marks(await focusOf(page));
        check(outlined, `cell ${nameOf(cell)} has a visible outline with the focus`);
        await readoutSays(page, cell, "focused");
      }
    }
  }
  await picture(page, "focus");
  await page.close();
}

/** What juts out of the page to the right, other than what can be scrolled. */
function overflowing(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found = [...document.body.querySelectorAll("*")]
      .filter((element) => !element.parentElement.closest(".scroll, svg"))
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => element.getBoundingClientRect().right > width + 0.5)
      .map((element) => element.outerHTML.slice(0, 100));
    const whole = document.scrollingElement.scrollWidth;
    if (whole > innerWidth) found.unshift(`the page is ${whole} wide, its window ${innerWidth}`);
    return found;
  });
}

async function nothingOverflows() {
  // No phone here: a phone's window grows with what juts out of it.
  const page = await open(NARROW);
  const closed = await overflowing(page);
  check(closed.length === 0, `nothing juts out of a window ${NARROW.width} wide`, closed);
  await page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
  const opened = await overflowing(page);
  check(opened.length === 0, "nor with all details open", opened);
  await page.close();

  const print = await open(PAPER, { media: "print" });
  const cut = await print.$$eval(".scroll", (all) =>
    all
      .filter((element) => element.checkVisibility())
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map(({ ariaLabel, scrollWidth, clientWidth }) => `${ariaLabel}: ${scrollWidth} in ${clientWidth}`),
  );
  check(cut.length === 0, "what scrolls on a screen fits on A4 paper", cut);
  await print.close();
}

/** Taken in any case, for that loads what only shows; kept if there is a folder. */
async function picture(page, name) {
  const path = pictures ? join(pictures, `${name}.png`) : undefined;
  await page.screenshot({ path, fullPage: true });
}

async function takePictures() {
  const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await open(DESKTOP);
  await picture(light, "desktop");
  const dark = await open(DESKTOP, { scheme: "dark" });
  await picture(dark, "dark");
  check((await ground(light)) !== (await ground(dark)), "a dark scheme changes the page's ground");
  const phone = await open(PHONE);
  await picture(phone, "phone");
  const print = await open(DESKTOP, { media: "print" });
  await picture(print, "print");
  const pdf = await print.pdf({
    path: pictures ? join(pictures, "print.pdf") : undefined,
    format: "A4",
    margin: { top: "10mm", right: "10mm", bottom: "10mm", left: "10mm" },
    printBackground: true,
  });
  check(pdf.length > 1000, "the page prints to a PDF", [`of ${pdf.length} bytes`]);
  if (pictures) note(`pictures are in ${pictures}`);
}
