/*
 * page.js: shows the audit that the page holds.
 *
 * All text comes from programs that were traced: it is put in as text only, with control
 * and direction characters made visible.
 */
(function () {
"use strict";

const audit = JSON.parse(document.getElementById("audit").textContent);
const files = JSON.parse(document.getElementById("profiles").textContent);
const recorded = audit.recorded;
const $ = (id) => document.getElementById(id);
let shown; /* the profile that is shown */
let classes; /* its classes of risk by name */
let calls; /* of the table: one for each call and ABI */

/* --- text and elements --------------------------------------------------------------- */

const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function visible(text) {
	return String(text).replace(HIDDEN, (c) =>
		"\\u{" + c.charCodeAt(0).toString(16) + "}");
}

function put(node, content) {
	for (const c of [].concat(content)) {
		if (c === null || c === undefined || c === "")
			continue;
		node.append(c instanceof Node ? c : visible(c));
	}
	return node;
}

function el(tag, attrs, content) {
	const node = document.createElement(tag);

	for (const [k, v] of Object.entries(attrs || {}))
		if (v !== null && v !== undefined)
			node.setAttribute(k, v);
	return content === undefined ? node : put(node, content);
}

function svg(tag, attrs, content) {
	const node = document.createElementNS("http://www.w3.org/2000/svg", tag);

	for (const [k, v] of Object.entries(attrs))
		node.setAttribute(k, v);
	return content === undefined ? node : put(node, content);
}

function fill(id, content) {
	const node = $(id);

	node.replaceChildren();
	return put(node, content);
}

function show(id, yes) {
	$(id).hidden = !yes;
}

function terms(list, pairs) {
	for (const [name, value] of pairs)
		if (value !== null && value !== undefined && value !== "" &&
		    !(Array.isArray(value) && !value.length))
			list.append(el("dt", {}, name), el("dd", {}, value));
	return list;
}

const many = (n, one) => n.toLocaleString("en") + " " + one + (n === 1 ? "" : "s");
const baseName = (path) => path.replace(/^.*\//, "") || path;
const weight = (risk) => (classes.get(risk) || {weight: 1}).weight;

function firstFew(list, n) {
	return list.length <= n ? list.join(", ")
		: list.slice(0, n).join(", ") + " and " + (list.length - n) + " more";
}

function seconds(us) {
	return us < 1e6 ? Math.round(us / 1000) + " ms" : (us / 1e6).toFixed(1) + " s";
}

function dot(risk) {
	return el("span", {class: "dot w" + weight(risk), "aria-hidden": "true"});
}

/* --- the top ------------------------------------------------------------------------- */

function showAbout() {
	const r = recorded;

	fill("title", baseName(shown.profile));
	document.title = visible(baseName(shown.profile)) + " · segen audit";
	fill("about", []);
	terms($("about"), [
		["Profile", el("code", {}, shown.profile)],
		["Image", r && r.images.map((i) => el("div", {}, el("code", {}, i)))],
		["Command", r && r.commands.slice(0, 3).map((c) => el("div", {}, el("code", {}, c)))
			.concat(r.commands.length > 3 ? [many(r.commands.length - 3, "more command")] : [])],
		["Runs", r && many(r.runs, "run") + (r["first-start"] ? ", " + r["first-start"] +
			(r["last-start"] !== r["first-start"] ? " to " + r["last-start"] : "") : "")],
		["Engine", r && r.engines.join(", ")],
		["Kernel", r && r.kernels.join(", ") + (r.machines.length ? " (" + r.machines.join(", ") + ")" : "")],
		["segen", audit.segen],
	]);
}

function bar(list, name, n, of, own, text) {
	const inner = el("div", {class: own ? "fill own" : "fill"});

	inner.style.width = of ? (100 * n / of) + "%" : "0";
	list.append(el("div", {}, name), el("div", {class: "track", "aria-hidden": "true"}, inner),
		el("div", {class: "value"}, text));
}

function judgement(score) {
	return score < 1.5 ? "tight" : score < 3.5 ? "moderate" : score < 6 ? "wide" : "open";
}

function showScore() {
	const p = shown, bars = el("div", {class: "bars"});

	bars.append(el("h3", {}, "System calls that are let in"));
	bar(bars, "This profile", p.exposure.calls, p.calls, true, String(p.exposure.calls));
	bar(bars, "Docker’s default", p.docker.calls, p.calls, false, String(p.docker.calls));
	bar(bars, "Unconfined", p.unconfined.calls, p.calls, false, String(p.unconfined.calls));
	bars.append(el("h3", {}, "Exposure: each call by the weight of its class"));
	bar(bars, "This profile", p.exposure.points, p.exposure.of, true, p.exposure.score.toFixed(1));
	bar(bars, "Docker’s default", p.docker.points, p.docker.of, false, p.docker.score.toFixed(1));
	bar(bars, "Unconfined", 1, 1, false, p.unconfined.score.toFixed(1));
	fill("score-body", [
		el("div", {}, [
			el("div", {class: "number"}, [p.exposure.score.toFixed(1), el("small", {}, " of 10")]),
			el("p", {}, [judgement(p.exposure.score), el("br"),
				"Docker’s default: " + p.docker.score.toFixed(1)]),
			el("p", {}, el("strong", {}, p.docker.calls + " → " + p.exposure.calls + " calls")),
		]), bars]);
}

/* --- what an attacker can and cannot do ---------------------------------------------- */

function wall(c) {
	const open = c.allowed.length > 0, some = c["allowed-for-some-arguments"];
	const notes = [];

	if (open)
		notes.push(firstFew(c.allowed, 12));
	if (some.length)
		notes.push("for some arguments only: " + firstFew(some, 12));
	if (!open && c.docker)
		notes.push("Docker’s default lets in " + many(c.docker, "call") + " of this class");
	else if (!open)
		notes.push("Docker’s default keeps it out as well");
	else if (c.docker)
		notes.push(c.docker >= c.allowed.length ? "Docker’s default lets in " + c.docker
			: "Docker’s default: only " + c.docker);
	else
		notes.push("Docker’s default lets in none");
	return el("li", {class: open ? "can" : "cannot"}, [
		open ? "Can " : "Cannot ", c.what, " ",
		el("a", {href: /^https:/.test(c.source) ? c.source : "#", rel: "noreferrer noopener",
			"aria-label": "source: " + c.what}, "source"),
		notes.length ? el("span", {class: "sub"}, notes.join("; ")) : null]);
}

function showWalls() {
	const special = shown.classes.filter((c) => c.class !== "ordinary");
	const ordinary = classes.get("ordinary");
	const cannot = special.filter((c) => !c.allowed.length);
	const can = special.filter((c) => c.allowed.length);
	const lists = el("div", {class: "two"});
	const fewer = shown.docker.calls - shown.exposure.calls;

	lists.append(el("div", {}, [el("h3", {}, "Closed"),
		cannot.length ? el("ul", {class: "walls"}, cannot.map(wall)) : el("p", {}, "Nothing.")]));
	lists.append(el("div", {}, [el("h3", {}, "Still open"),
		can.length ? el("ul", {class: "walls"}, can.map(wall))
			: el("p", {}, "None of the classes that published reasons speak against.")]));
	fill("walls", [lists, el("p", {class: "sub"}, [
		"Of the calls that nothing in particular speaks against, " +
		(ordinary ? ordinary.allowed.length : 0) + " are let in. ",
		fewer > 0 ? "A bug in the code behind " + many(fewer, "call") +
			" that Docker’s default lets in is out of reach." : ""])]);
}

/* --- the discovery curve ------------------------------------------------------------- */

const W = 520, H = 240, LEFT = 40, RIGHT = 10, TOP = 14, BOTTOM = 34;

/* @points: pairs of x and calls, as steps. */
function chart(points, xMax, yMax, label, xWords, chao2) {
	const x = (v) => LEFT + (W - LEFT - RIGHT) * (xMax ? v / xMax : 0);
	const y = (v) => H - BOTTOM - (H - TOP - BOTTOM) * (yMax ? v / yMax : 0);
	const g = svg("svg", {viewBox: "0 0 " + W + " " + H, role: "img", "aria-label": label});
	let path = "", last = 0;

	if (chao2) {
		const low = Math.min(chao2.low, yMax), high = Math.min(chao2.high, yMax);

		g.append(svg("rect", {class: "band", x: LEFT, width: W - LEFT - RIGHT,
			y: y(high), height: Math.max(1, y(low) - y(high))}));
		g.append(svg("line", {class: "guess", x1: LEFT, x2: W - RIGHT,
			y1: y(chao2.estimate), y2: y(chao2.estimate)}));
	}
	for (const part of [0, .5, 1]) {
		const v = Math.round(yMax * part);

		g.append(svg("line", {class: "axis", x1: LEFT, x2: W - RIGHT, y1: y(v), y2: y(v)}));
		g.append(svg("text", {x: LEFT - 6, y: y(v) + 4, "text-anchor": "end"}, String(v)));
	}
	for (const [px, py] of points) {
		path += path ? "H" + x(px) + "V" + y(py) : "M" + x(px) + " " + y(py);
		last = py;
	}
	g.append(svg("path", {class: "line", d: path + "H" + x(xMax)}));
	g.append(svg("text", {x: LEFT, y: H - 10}, xWords[0]));
	g.append(svg("text", {x: W - RIGHT, y: H - 10, "text-anchor": "end"}, xWords[1]));
	g.append(svg("text", {x: W - RIGHT, y: y(last) + 18, "text-anchor": "end"}, last + " calls"));
	return g;
}

function showCurve() {
	const c = shown.coverage, charts = el("div", {class: "charts"});

	show("curve", !!c);
	if (!c)
		return;
	const byRun = c["calls-after-run"].map((n, i) => [i + 1, n]);
	const byTime = c["calls-after-ms"];
	const top = Math.max(c.calls, c.chao2 ? Math.min(c.chao2.high, 2 * c.calls) : 0, 1);

	if (byRun.length > 1)
		charts.append(el("figure", {}, [
			chart([[0, 0]].concat(byRun), byRun.length, top,
				"Calls known after each run: " + c["calls-after-run"].slice(0, 20).join(", "),
				["before the first run", "after run " + byRun.length], c.chao2),
			el("figcaption", {}, "Calls known after each run" +
				(c.chao2 ? "; dashed: the estimate of all, shaded: its 95 % interval" : ""))]));
	if (byTime.length)
		charts.append(el("figure", {}, [
			chart([[0, 0]].concat(byTime), c.ms, c.calls,
				"Calls known over time: " + byTime[byTime.length - 1][1] + " at the end of " +
				(c.ms / 1000).toFixed(1) + " s", ["0 s", (c.ms / 1000).toFixed(1) + " s"], null),
			el("figcaption", {}, "Calls known over time, the runs one after the other")]));
	fill("curve-body", [el("p", {}, c.words + "."), charts]);
}

/* --- the table of calls -------------------------------------------------------------- */

const LETS = {all: ["let in", "yes"], some: ["some arguments", "part"], none: ["refused", "no"]};
const COLUMNS = [
	{name: "Call", text: (c) => c.name, cell: nameCell, className: "name"},
	{name: "Filter", key: (c) => ({all: 0, some: 1, none: 2})[c.lets], cell: letsCell},
	{name: "Class", key: (c) => -weight(c.risk), cell: (c) =>
		el("span", {class: "tag"}, [dot(c.risk), c.risk])},
	{name: "Why", text: (c) => c.reason, className: "why"},
	{name: "Program", text: (c) => firstFew(c.programs.map(baseName), 2), className: "program"},
	{name: "Stack", text: (c) => c.site, className: "site"},
	{name: "First", key: (c) => c.us === null ? "" : c.us, text: (c) => c.us === null ? "" : seconds(c.us), className: "num"},
	{name: "Runs", key: (c) => c.runs || "", text: (c) => c.runs ? String(c.runs) : "", className: "num"},
	{name: "Outcomes", text: (c) => firstFew(c.outcomes, 3)},
];

/* The innermost function that has a name outside of libc. */
function site(stack) {
	const own = stack.find((f) => !/^\+/.test(f) && !/ (libc|ld|libpthread)[-.]/.test(f));

	const [, symbol, module] = /^(.*?)\+0x[0-9a-f]+ (.*)$/.exec(own || stack[0] || "") || [];

	return symbol || module || "";
}

function callOf(e, seen) {
	const p = e.profiles[0], native = !seen || seen === e.seen[0];

	return {
		entry: e, seen: seen,
		name: native ? e.name : seen.abi + " " + e.name,
		lets: p["lets-in"], risk: e.risk,
		reason: p.reason || (seen ? "recorded, but not let in" : p.answer),
		programs: seen ? seen.programs : [],
		outcomes: seen ? seen.outcomes : [],
		runs: seen ? seen.runs : 0,
		us: seen ? seen.first.us : null,
		site: seen ? site(seen.first.stack) : "",
		recorded: !!seen,
		probe: !!seen && seen["never-succeeded"],
	};
}

function haystack(c) {
	return [c.name, c.reason, c.risk, c.entry.danger || ""]
		.concat(c.programs, c.outcomes, c.seen ? c.seen.first.stack : [], c.seen ? c.seen.values : [])
		.join("\n").toLowerCase();
}

function nameCell(c) {
	const button = el("button", {type: "button", "aria-expanded": "false"}, c.name);

	button.addEventListener("click", () => toggle(c));
	c.button = button;
	return button;
}

function letsCell(c) {
	return el("span", {class: LETS[c.lets][1] + " tag"}, LETS[c.lets][0]);
}

function makeRow(c) {
	const row = el("tr", {class: c.lets === "none" ? "off" : null});

	for (const col of COLUMNS)
		row.append(el("td", {class: col.className}, col.cell ? col.cell(c) : col.text(c)));
	return row;
}

function ruleWords(r) {
	return "rule " + r.rule + ": " + r.answer + (r.arguments ? " (" + r.arguments + ")" : "") +
		(r.when ? " " + r.when : "") + (r.applies ? "" : "; not for this container") +
		(r.comment ? " — " + r.comment : "");
}

function detail(c) {
	const e = c.entry, s = c.seen, p = e.profiles[0];
	const list = terms(el("dl", {class: "detail"}), [
		["Answer", p.answer],
		["Why", p.reason],
		["Rules", p.rules.map((r) => el("div", {}, ruleWords(r)))],
		["Docker’s default", LETS[e.docker][0]],
		["Risk", e.danger && [e.risk + ": " + e.danger + " ",
			el("a", {href: /^https:/.test(e.source) ? e.source : "#", rel: "noreferrer noopener"}, "source")]],
		["Calls", s && (s["at-least"] ? "at least " : "") + many(s.count, "call") + " in " +
			s.runs + " of " + many(s["of-runs"], "run") +
			(s.refused ? "; " + s.refused + " refused by the filter" : "") +
			(s["never-succeeded"] ? "; never succeeded" : "")],
		["Outcomes", s && s.outcomes.join(", ")],
		["Values", s && s.values.map((v) => el("div", {}, el("code", {}, v)))],
		["Programs", s && s.programs.map((v) => el("div", {}, el("code", {}, v)))],
		["First seen", s && seconds(s.first.us) + " after the run began" +
			(s.first.program ? ", by " + s.first.program : "") + ", process " + s.first.pid],
		["Stack", s && (s.first.stack.length
			? el("ol", {class: "stack"}, s.first.stack.map((f) => el("li", {}, f)))
			: "could not be followed")],
		["Instead", e.alternatives.map((v) => el("div", {}, v))],
		["Same job", e["same-job"].map((v) => el("div", {}, v))],
		["Without it", e.without.map((v) => el("div", {}, v))],
	]);

	return el("tr", {class: "detail"}, el("td", {colspan: COLUMNS.length}, list));
}

function toggle(c) {
	const open = !c.open;

	c.open = open;
	c.button.setAttribute("aria-expanded", String(open));
	if (open && !c.more)
		c.more = detail(c);
	if (open)
		c.row.after(c.more);
	else
		c.more.remove();
}

const states = {
	in: (c) => c.lets !== "none" || c.recorded,
	all: () => true,
	allowed: (c) => c.lets !== "none",
	recorded: (c) => c.recorded,
	unused: (c) => c.lets !== "none" && !c.recorded,
	refused: (c) => c.lets === "none",
	probe: (c) => c.probe,
};
let sorted = {column: 0, down: false};

function sortKey(c) {
	const col = COLUMNS[sorted.column], key = col.key ? col.key(c) : col.text(c).toLowerCase();

	return key === "" ? null : key;
}

/* By the column; what has nothing there comes last in both directions. */
function order(a, b) {
	let r = 0;

	if (a.key === null || b.key === null)
		r = (a.key === null) - (b.key === null);
	else if (a.key !== b.key)
		r = (a.key < b.key ? -1 : 1) * (sorted.down ? -1 : 1);
	return r || (a.call.name < b.call.name ? -1 : a.call.name > b.call.name ? 1 : 0);
}

/* The rows that the filters let through, in their order. */
function arrange() {
	const text = $("search").value.trim().toLowerCase();
	const state = states[$("state").value], risk = $("class").value;
	const rows = document.createDocumentFragment();
	let n = 0;

	for (const {call} of calls.map((c) => ({call: c, key: sortKey(c)})).sort(order)) {
		if (!state(call) || (risk && call.risk !== risk) || (text && !call.hay.includes(text)))
			continue;
		rows.append(call.row);
		if (call.open)
			rows.append(call.more);
		n++;
	}
	document.querySelector("#table tbody").replaceChildren(rows);
	put($("count"), "").textContent = n + " of " + calls.length + " calls";
}

function makeHead() {
	const row = document.querySelector("#table thead tr");

	row.replaceChildren();
	COLUMNS.forEach((col, i) => {
		const button = el("button", {type: "button"}, col.name);
		const th = el("th", {scope: "col", "aria-sort": i === 0 ? "ascending" : "none"}, button);

		button.addEventListener("click", () => {
			sorted = {column: i, down: sorted.column === i && !sorted.down};
			for (const other of row.children)
				other.setAttribute("aria-sort", "none");
			th.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
			arrange();
		});
		row.append(th);
	});
}

function showCalls() {
	const choice = $("class");

	calls = [];
	for (const e of shown["every-call"])
		for (const s of e.seen.length ? e.seen : [null])
			calls.push(callOf(e, s));
	for (const c of calls) {
		c.hay = haystack(c);
		c.row = makeRow(c);
	}
	choice.replaceChildren(el("option", {value: ""}, "any"));
	for (const c of shown.classes)
		choice.append(el("option", {value: c.class}, c.class));
	sorted = {column: 0, down: false};
	makeHead();
	arrange();
}

/* --- the map ------------------------------------------------------------------------- */

function cellOf(c) {
	const words = visible(c.name) + ": " + LETS[c.lets][0] + ", class " + c.risk +
		", Docker’s default: " + LETS[c.entry.docker][0] + (c.recorded ? ", recorded" : "");
	const cell = el("button", {type: "button", tabindex: "-1", title: words, "aria-label": words,
		class: "cell w" + weight(c.risk) + " " + c.lets + (c.recorded ? " seen" : "")});

	cell.addEventListener("focus", () => fill("mapinfo", words));
	cell.addEventListener("mouseenter", () => fill("mapinfo", words));
	cell.addEventListener("click", () => reveal(c));
	return cell;
}

/* Show a call in the table, opened, and go there. */
function reveal(c) {
	$("search").value = "";
	$("class").value = "";
	if (!states[$("state").value](c))
		$("state").value = "all";
	arrange();
	if (!c.open)
		toggle(c);
	c.button.scrollIntoView({block: "center"});
	c.button.focus();
}

function moveOn(event) {
	const cells = [...$("map").querySelectorAll(".cells .cell")];
	const at = cells.indexOf(document.activeElement);
	const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10}[event.key];
	const to = event.key === "Home" ? 0 : event.key === "End" ? cells.length - 1
		: Math.max(0, Math.min(cells.length - 1, at + step));

	if (at < 0 || Number.isNaN(to))
		return;
	event.preventDefault();
	cells[at].tabIndex = -1;
	cells[to].tabIndex = 0;
	cells[to].focus();
}

function legend(className, words) {
	return el("li", {}, [el("span", {class: "cell w1 " + className, "aria-hidden": "true"}), words]);
}

function showMap() {
	const rows = [];

	for (const k of shown.classes) {
		const own = calls.filter((c) => c.risk === k.class);
		const open = own.filter((c) => c.lets !== "none").length;

		if (own.length)
			rows.push(el("div", {class: "row", role: "group",
				"aria-label": k.class + ": " + open + " of " + own.length + " let in"}, [
				el("div", {class: "label"}, [dot(k.class), k.class,
					el("small", {}, open + " of " + own.length + " · weight " + k.weight)]),
				el("div", {class: "cells"}, own.map(cellOf))]));
	}
	rows.push(el("div", {id: "mapinfo", class: "mapinfo", "aria-hidden": "true"}));
	rows.push(el("ul", {class: "legend"}, [legend("all", "let in"),
		legend("some", "some arguments"), legend("none", "not let in"),
		recorded ? legend("all seen", "recorded") : null]));
	fill("map", rows);
	const first = $("map").querySelector(".cells .cell");
	if (first)
		first.tabIndex = 0;
}

/* --- lists --------------------------------------------------------------------------- */

function tableOf(caption, heads, rows) {
	return el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
		el("table", {class: "plain"}, [
			el("thead", {}, el("tr", {}, heads.map((h) => el("th", {scope: "col"}, h)))),
			el("tbody", {}, rows.map((r) => el("tr", {}, r.map((v, i) =>
				el("td", {class: i === 0 ? "name" : null, "data-head": heads[i]},
					el("span", {}, v))))))]));
}

function callRows(list, count) {
	return list.map((c) => [c.name, c.abi, String(c[count]), c.programs.join(", "),
		[c.risk + (c.danger ? ": " + c.danger : ""),
		 c["docker-capability"] ? "; Docker lets it in with " + c["docker-capability"] : null]]);
}

function showRefused() {
	const denied = audit.denied || [], refused = shown.refused || [];
	const parts = [];

	show("refused", !!recorded);
	if (!recorded)
		return;
	if (refused.length)
		parts.push(tableOf("Calls that were refused", ["Call", "ABI", "Times", "By", "Class"],
			callRows(refused, "refused")));
	if (denied.length) {
		parts.push(el("h3", {}, "At which place"));
		parts.push(tableOf("Refusals by place", ["Call", "Answer", "Times", "Who", "Arguments", "From"],
			denied.map((d) => [d.name, d.answer, String(d.count),
				(d.program || "unknown") + ", process " + d.pid + ", after " + seconds(d.us),
				el("code", {}, d.args.join(", ")), d.stack.slice(0, 6).join(" < ")])));
	}
	if (!parts.length)
		parts.push(el("p", {}, "Nothing was refused while it was recorded."));
	fill("refused-body", parts);
}

function showFindings() {
	const parts = [];
	const add = (title, hint, body) => parts.push(el("h3", {}, title), el("p", {class: "sub"}, hint), body);

	show("findings", !!recorded);
	if (!recorded)
		return;
	if (shown.missing.length)
		add("Recorded, but not let in: " + shown.missing.length,
			"The workload will miss them: segen gen with these traces adds them.",
			tableOf("Recorded, but not let in", ["Call", "ABI", "Times", "By", "Class"],
				callRows(shown.missing, "count")));
	if (shown.risky.length)
		add("Used and risky: " + shown.risky.length, "Published reasons speak against them.",
			tableOf("Used and risky", ["Call", "ABI", "Times", "By", "Class"],
				callRows(shown.risky, "count")));
	if (shown.unused.length)
		add("Let in and unused: " + shown.unused.length,
			"No run made them, and neither a runtime nor a libc asks for them.",
			el("p", {class: "mono"}, shown.unused.join(", ")));
	if (shown.probes.length)
		add("Never succeeded: " + shown.probes.length, "segen gen --drop-probes leaves them out.",
			el("p", {class: "mono"}, shown.probes.map((c) => c.name).join(", ")));
	if (!parts.length)
		parts.push(el("p", {}, "Nothing: all that is let in was used or is needed to start, and nothing is missing."));
	fill("findings-body", parts);
}

function showCapabilities() {
	const c = shown.capabilities;

	show("capabilities", !!c);
	if (!c)
		return;
	fill("capabilities-body", [
		el("p", {}, many(c.held.length, "capability").replace("capabilitys", "capabilities") + " held" +
			(c.known ? "" : " (as assumed: the traces are of no container)") + "; " + c.used.length +
			" used by calls that show it" + (c["no-new-privileges"] ? "; no new privileges" : "") + "."),
		el("ul", {class: "chips"}, c.held.map((cap) => el("li", {class: c.used.includes(cap) ? "used" : null},
			cap + (c.used.includes(cap) ? " (used)" : "")))),
		el("p", {class: "sub"}, "No call shows CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID and their like: try without them."),
		el("pre", {tabindex: "0"}, c["docker-run"])]);
}

const KINDS = {wider: "Lets in more", changed: "Lets in other arguments",
	narrower: "Lets in less", answer: "Refuses in another way"};

function showAgainst() {
	const d = shown.against, parts = [];

	show("against", !!d);
	if (!d)
		return;
	fill("against-heading", "Difference from " + baseName(d.profile));
	for (const [kind, title] of Object.entries(KINDS)) {
		const rows = d.calls.filter((c) => c.kind === kind);

		if (rows.length)
			parts.push(el("h3", {}, title + ": " + rows.length), tableOf(title,
				["Call", "Before", "Now", "Class", "Why"], rows.map((c) => [c.name, c.before, c.after,
					[dot(c.risk), c.risk + (c.danger ? ": " + c.danger : "")],
					[c.delta, c.reason].filter(Boolean).join("; ")])));
	}
	if (!d.calls.length)
		parts.push(el("p", {}, "Both answer every call alike."));
	if (d.remarks.length)
		parts.push(el("ul", {}, d.remarks.map((r) => el("li", {}, r))));
	parts.push(el("p", {class: "sub"}, many(d.equal, "call") + " alike."));
	fill("against-body", parts);
}

function showLog() {
	const l = audit.log;

	show("log", !!l);
	if (!l)
		return;
	fill("log-body", [
		el("p", {}, many(l.lines, "line") + " on seccomp" +
			(l.unreadable ? ", " + l.unreadable + " of them could not be read" : "") +
			(l.incomplete ? "; the kernel has left out lines, so calls may be missing here" : "") + "."),
		tableOf("Lines of the log", ["Call", "ABI", "Times", "By", "What became of it"],
			l.calls.map((c) => [c.name, c.abi, String(c.count), c.exe || c.comm || "", c.words]))]);
}

function showLimits() {
	const c = shown.coverage, limits = [
		"The score compares filters; it is no measure of safety. Weights are segen’s own scale over published classes (segen facts tells the source of each).",
		"A filter sees numbers, never what pointers lead to: which files or addresses a call names is not limited by it.",
		"Of calls that are let in for some arguments only, the rest is refused, and they weigh as ordinary ones.",
		"Names that only kernels newer than these tables know are not shown.",
	];

	if (c)
		limits.push("Only what the recorded runs did is known: no run tells of another configuration, or of an error that did not happen.");
	if (c && !c.chao2)
		limits.push("There were too few runs (" + c.runs + ") to estimate what is still unseen.");
	if (c && c["runs-left-out"])
		limits.push(many(c["runs-left-out"], "run") + " that began with known calls could not count as samples.");
	if (!recorded)
		limits.push("No trace was given: what the workload uses is not known.");
	else if (!shown.capabilities.known)
		limits.push("The traces are of no container: its capabilities are assumed.");
	if (recorded)
		for (const n of recorded.notes)
			limits.push("Noted while recording: " + n);
	fill("limits", limits.map((t) => el("li", {}, t)));
}

/* --- the whole ----------------------------------------------------------------------- */

function download(name, text) {
	const url = URL.createObjectURL(new Blob([text], {type: "application/json"}));
	const a = el("a", {href: url, download: name});

	document.body.append(a);
	a.click();
	a.remove();
	setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/* A file's name from a path that may hold anything. */
function fileName(path, end) {
	const name = baseName(path).replace(/[^A-Za-z0-9._-]+/g, "_").replace(/\.json$/, "");

	return (name || "profile") + end;
}

function showProfile(i) {
	shown = audit.profiles[i];
	if (!shown)
		return;
	classes = new Map(shown.classes.map((c) => [c.class, c]));
	for (const part of [showAbout, showScore, showWalls, showCurve, showCalls, showMap, showRefused,
		showFindings, showCapabilities, showAgainst, showLog, showLimits])
		part();
}

function begin() {
	const choice = $("profile");

	audit.profiles.forEach((p, i) => choice.append(el("option", {value: i}, p.profile)));
	show("choose", audit.profiles.length > 1);
	choice.addEventListener("change", () => showProfile(Number(choice.value)));
	for (const id of ["search", "state", "class"])
		$(id).addEventListener("input", arrange);
	$("map").addEventListener("keydown", moveOn);
	$("download").addEventListener("click", () => {
		const f = files[Number(choice.value) || 0];

		download(fileName(f.profile, ".json"), f.text);
	});
	$("download-json").addEventListener("click", () =>
		download(fileName(shown.profile, ".audit.json"), JSON.stringify(audit, null, "\t") + "\n"));
	fill("made", "Made by segen " + audit.segen + ". The data are in this file as JSON; nothing is fetched.");
	if (audit.profiles.length) {
		showProfile(0);
		return;
	}
	/* A kernel's log alone. */
	document.querySelectorAll("main > section").forEach((s) => { s.hidden = true; });
	showLog();
}

begin();
document.documentElement.dataset.ready = "yes";
})();
