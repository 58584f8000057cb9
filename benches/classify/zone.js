// How many messages a second ZoneMTA's bounce rules match, as a line of JSON.
//
// node zone.js FOLDER MESSAGES: the folder of the npm package zone-mta, and a
// file with a message a line. The first pass is not timed.

'use strict';

const fs = require('fs');
const path = require('path');

const [folder, file] = process.argv.slice(2);
const bounces = require(path.resolve(folder, 'lib/bounces.js'));
const messages = fs.readFileSync(file, 'utf-8').split('\n');
const pass = () => messages.forEach(message => bounces.check(message));
pass();
const start = process.hrtime.bigint();
pass();
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
console.log(JSON.stringify({ messages: messages.length, wall_s: seconds }));
