interface Alarm {
	due: number;
	run: () => void;
}

/** One factor for all callbacks, or one by callback name; 1 where there is none. */
export type ScheduleScale = number | Record<string, number>;

interface Settings {
	offsetMs: number;
	scheduleScale: ScheduleScale;
}

/** `setTimeout` knows no longer ones. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * The platforms' idea of now. `set({offsetMs})` shifts it, and everything that has come due by then runs at
 * once; `set({scheduleScale})` stretches or shrinks the delays that are asked for afterwards (0.001 turns
 * a redelivery after an hour into one after 3.6 s).
 */
export class Clock {
	private readonly initial: Settings;
	private settings: Settings;
	private alarms: Alarm[] = [];
	private timer: NodeJS.Timeout | undefined;

	constructor(offsetMs = 0, scheduleScale: ScheduleScale = 1) {
		this.initial = { offsetMs, scheduleScale };
		this.settings = this.initial;
	}

	now(): number {
		return Date.now() + this.settings.offsetMs;
	}

	/** Runs `run` after `delayMs` of this clock, scaled as is said for the callback. */
	after(delayMs: number, callback: string, run: () => void) {
		this.alarms.push({ due: this.now() + delayMs * this.scaleOf(callback), run });
		this.wind();
	}

	set(values: Partial<Settings>) {
		const { offsetMs, scheduleScale } = this.settings;
		this.settings = {
			offsetMs: values.offsetMs ?? offsetMs,
			scheduleScale: values.scheduleScale ?? scheduleScale,
		};
		this.wind();
	}

	state() {
		return {
			...this.settings,
			now: new Date(this.now()).toISOString(),
			pending: this.alarms.length,
		};
	}

	reset() {
		clearTimeout(this.timer);
		this.alarms = [];
		this.settings = this.initial;
	}

	private scaleOf(callback: string): number {
		const { scheduleScale } = this.settings;
		return typeof scheduleScale === 'number' ? scheduleScale : (scheduleScale[callback] ?? 1);
	}

	private ring() {
		// One look at the time: what came due between two would be in neither list, and never ring.
		const time = this.now();
		const due = this.alarms.filter((alarm) => alarm.due <= time);
		this.alarms = this.alarms.filter((alarm) => alarm.due > time);
		for (const alarm of due) alarm.run();
		this.wind();
	}

	private wind() {
		clearTimeout(this.timer);
		if (!this.alarms.length) return;
		const next = Math.min(...this.alarms.map((alarm) => alarm.due));
		const rest = Math.min(Math.max(next - this.now(), 0), LONGEST_MS);
		this.timer = setTimeout(() => this.ring(), rest);
	}
}
