import { Clock } from '../../sandbox/clock';
import { until } from './helpers';

it('Rings every alarm once, however much time passes while it looks which are due', async () => {
	// A busy machine: a millisecond passes with each look at the time.
	let time = Date.now();
	const looks = jest.spyOn(Date, 'now').mockImplementation(() => time++);
	const clock = new Clock();
	const rung: number[] = [];
	const alarms = Array.from({ length: 200 }, (_, n) => n);
	for (const alarm of alarms) clock.after(10_000, 'feishu', () => rung.push(alarm));
	// Now about half of them are due, and more with each look.
	clock.set({ offsetMs: 9_700 });
	await until(() => rung.length);
	expect(rung.length).toBeLessThan(alarms.length);
	clock.set({ offsetMs: 20_000 });
	await until(() => clock.state().pending === 0);
	looks.mockRestore();
	expect(rung.sort((a, b) => a - b)).toEqual(alarms);
});
