"use strict";
// A matrix is one stop of the Tab key; the arrow keys move within. Whatever cell
// has the focus, or a pointer or finger on it, is told in words below.
for (const table of document.querySelectorAll("table.matrix")) {
  const readout = table.closest(".heat").querySelector("[data-readout]");
  const head = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]);

  const tell = (cell) => {
    const gold = cell.parentElement.cells[0].dataset.name;
    if (cell.classList.contains("total")) {
      readout.textContent = `${gold}: ${cell.textContent} messages are of this type.`;
      return;
    }
    const column = head[cell.cellIndex];
    const [, counts] = cell.title.split(": ");
    const count = Number(counts.split(" ")[0].replaceAll(",", ""));
    const predicted = Number(column.dataset.predicted);
    let text = `Truly ${gold}, predicted ${column.dataset.name}: ${counts.replace(" (", " messages (")}.`;
    if (column.dataset.predicted === undefined) {
      text = `Truly ${gold}, not classified: ${counts.replace(" (", " messages (")}.`;
    } else if (predicted > 0) {
      const share = ((100 * count) / predicted).toFixed(2);
      text += ` That is ${share}% of the ${predicted.toLocaleString("en-GB")} predicted to be so.`;
    }
    readout.textContent = text;
  };

  let current = rows[0][0];
  const move = (cell) => {
    current.tabIndex = -1;
    current = cell;
    current.tabIndex = 0;
    current.focus();
  };
  for (const cell of rows.flat()) cell.tabIndex = -1;
  current.tabIndex = 0;
  table.setAttribute("role", "grid");
  table.setAttribute("aria-readonly", "true");
  table.closest(".scroll").removeAttribute("tabindex");
  readout.textContent = "Point at a cell or tap it, or go there with the arrow keys.";

  table.addEventListener("focusin", (event) => tell(event.target));
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("td");
    if (cell) tell(cell);
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell) move(cell);
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.altKey || event.metaKey) return;
    const row = rows.findIndex((cells) => cells.includes(cell));
    const column = rows[row].indexOf(cell);
    const last = { row: rows.length - 1, column: rows[row].length - 1 };
    const places = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? last.row : row, last.column],
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    const [newRow, newColumn] = places[event.key];
    const target = rows[newRow]?.[newColumn];
    if (target) move(target);
  });
}

// What does not need to be scrolled is no stop of the Tab key.
const stops = [...document.querySelectorAll(".scroll[tabindex]")];
const sift = () => {
  for (const part of stops) part.tabIndex = part.scrollWidth > part.clientWidth ? 0 : -1;
};
for (const part of document.querySelectorAll("details")) part.addEventListener("toggle", sift);
addEventListener("resize", sift);
sift();
