// Answers a sheet of questions with minotor (npm), which knows stops and no streets.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const WARM_UP = 10;
const [sheetPath, answersPath, package_] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(`${package_}/${file}`));
const { GtfsParser } = await load("dist/parser.esm.js");
const { Query, Router, Time } = await load("dist/router.esm.js");

const sheet = JSON.parse(readFileSync(sheetPath, "utf8"));
const started = performance.now();
const parser = new GtfsParser(sheet.gtfs_with_walks);
const { timetable, stopsIndex } = await parser.parse(new Date(`${sheet.date}T12:00:00`));
const router = new Router(timetable, stopsIndex);
const prepared = (performance.now() - started) / 1000;

// Its reader makes numbers of all that looks like one, ids too.
const idOf = (text) => (text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text));

const queryOf = (question, to) =>
  new Query.Builder()
    .from(idOf(question.from_stop))
    .to(to)
    .departureTime(Time.fromSeconds(question.time))
    .maxTransfers(sheet.max_rides - 1)
    .build();

const asks = {
  one_departure(question) {
    const to = idOf(question.to_stop);
    const result = router.route(queryOf(question, to));
    const arrivals = stopsIndex
      .equivalentStops(to)
      .map((stop) => result.arrivalAt(stop)?.time.toSeconds())
      .filter((seconds) => seconds !== undefined);
    return arrivals.length ? Math.min(...arrivals) : null;
  },
  one_to_all(question) {
    return router.route(queryOf(question, [])).earliestArrivals.size || null;
  },
};

const jobs = {};
for (const [name, questions] of Object.entries(sheet.jobs)) {
  const ask = asks[name];
  if (!ask) continue;
  questions.slice(0, WARM_UP).forEach(ask);
  const ms = [];
  const arrival = [];
  for (const question of questions) {
    const start = performance.now();
    const found = ask(question);
    ms.push(performance.now() - start);
    arrival.push(found);
  }
  jobs[name] = { ms, arrival };
}
const version = JSON.parse(readFileSync(`${package_}/package.json`, "utf8")).version;
const told = {
  version,
  prepare_s: prepared,
  resident_mb: process.memoryUsage().rss / 1e6,
  about: {},
  jobs,
};
writeFileSync(answersPath, JSON.stringify(told));
