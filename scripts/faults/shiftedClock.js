'use strict';
// Preloaded into n8n: its clock runs ahead by the milliseconds in the file CLAWBOT_CLOCK_FILE, read ten
// times a second. Only what asks for the time sees that; timers run as ever.
const fs = require('node:fs');

const file = process.env.CLAWBOT_CLOCK_FILE ?? '';
const realNow = Date.now.bind(Date);
let aheadMs = 0;

function read() {
	try {
		aheadMs = Number(fs.readFileSync(file, 'utf8')) || 0;
	} catch {
		aheadMs = 0;
	}
}

if (file) {
	read();
	setInterval(read, 100).unref();
	const now = () => realNow() + aheadMs;
	Date.now = now;
	globalThis.Date = new Proxy(Date, {
		construct: (target, args, newTarget) =>
			Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
		apply: (target) => new target(now()).toString(),
	});
}
