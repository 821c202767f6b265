interface Alarm {
	due: number;
	run: () => void;
}

export type Clock = ReturnType<typeof createClock>;

/** One factor for all callbacks, or one by callback name; 1 where there is none. */
export type ScheduleScale = number | Record<string, number>;

/**
 * The platforms' idea of now. `set({offsetMs})` shifts it, and everything that has come due by then runs at
 * once; `set({scheduleScale})` stretches or shrinks the delays that are asked for afterwards (0.001 turns
 * a redelivery after an hour into one after 3.6 s).
 */
export function createClock(initialOffsetMs = 0, initialScale: ScheduleScale = 1) {
	let offsetMs = initialOffsetMs;
	let scheduleScale = initialScale;
	let alarms: Alarm[] = [];
	let timer: NodeJS.Timeout | undefined;

	const scaleOf = (callback: string) =>
		typeof scheduleScale === 'number' ? scheduleScale : (scheduleScale[callback] ?? 1);

	const now = () => Date.now() + offsetMs;

	const ring = () => {
		// One look at the time: what came due between two would be in neither list, and never ring.
		const time = now();
		const due = alarms.filter((alarm) => alarm.due <= time);
		alarms = alarms.filter((alarm) => alarm.due > time);
		for (const alarm of due) alarm.run();
		wind();
	};

	const wind = () => {
		clearTimeout(timer);
		if (!alarms.length) return;
		const next = Math.min(...alarms.map((alarm) => alarm.due));
		timer = setTimeout(ring, Math.min(Math.max(next - now(), 0), 2 ** 31 - 1));
	};

	return {
		now,
		/** Runs `run` after `delayMs` of this clock, scaled as is said for the callback. */
		after(delayMs: number, callback: string, run: () => void) {
			alarms.push({ due: now() + delayMs * scaleOf(callback), run });
			wind();
		},
		set(values: { offsetMs?: number; scheduleScale?: ScheduleScale }) {
			offsetMs = values.offsetMs ?? offsetMs;
			scheduleScale = values.scheduleScale ?? scheduleScale;
			wind();
		},
		state: () => ({
			offsetMs,
			scheduleScale,
			now: new Date(now()).toISOString(),
			pending: alarms.length,
		}),
		reset() {
			clearTimeout(timer);
			alarms = [];
			offsetMs = initialOffsetMs;
			scheduleScale = initialScale;
		},
	};
}
