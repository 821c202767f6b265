import { randomBytes } from '../aes.ts';
import type { BotAccount } from '../bots.ts';
import type { Clock } from '../clock.ts';
import type { SimulatedPlatform } from '../messages.ts';
import { issueSecret } from '../tokens.ts';

/** A code that a bot's operator shows and a person scans. */
export interface Registration {
	platform: SimulatedPlatform;
	/** For people, in the address. */
	code: string;
	/** For the program that waits: whoever has it gets the bot's secret. */
	deviceCode: string;
	/** What the QR code holds, before the program adds anything. */
	address: string;
	/** As the program names itself. */
	source?: string;
	/** ISO 8601, the machine's time. */
	since: string;
	/** Sandbox clock, ms. */
	expiresAt: number;
	/** The pause that the program has to keep between two questions. */
	intervalMs: number;
	progress: 'waiting' | 'scanned' | 'confirmed' | 'denied' | 'used';
	/** Who scanned it. */
	person?: string;
	bot?: BotAccount;
	/** How often the program has asked. */
	asked: number;
	/** When the program asked last, by host: sandbox clock, ms. */
	lastAsked: Record<string, number>;
	/** So many of the next questions are answered as if they came too fast. */
	slowDowns: number;
	/** Every host sends the program to the other one. */
	hasWrongBrand: boolean;
}

export type RegistrationState = Registration['progress'] | 'expired';

interface Timing {
	expiresInMs: number;
	intervalMs: number;
}

/** The platforms' own figures; WeCom's are those of the programs that use it, as it says none. */
const defaults = (): Record<SimulatedPlatform, Timing> => ({
	dingtalk: { expiresInMs: 7_200_000, intervalMs: 3000 },
	feishu: { expiresInMs: 600_000, intervalMs: 5000 },
	wecom: { expiresInMs: 300_000, intervalMs: 3000 },
});

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const CAPACITY = 1000;
/** A program's timer rings a little early, and its questions are not equally long on the way. */
const TOLERANCE = 0.9;

/** As `BDPC-WQKX`. */
function newUserCode(): string {
	const letters = [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
	return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** The codes of all platforms. */
export class Registrations {
	private readonly clock: Clock;
	private codes: Registration[] = [];
	private timing = defaults();

	constructor(clock: Clock) {
		this.clock = clock;
	}

	/** @param addressOf the address that the QR code of a user code holds */
	begin(
		platform: SimulatedPlatform,
		addressOf: (code: string) => string,
		source?: string,
	): Registration {
		const code = newUserCode();
		const { expiresInMs, intervalMs } = this.timing[platform];
		const begun: Registration = {
			platform,
			code,
			deviceCode: issueSecret(),
			address: addressOf(code),
			source,
			since: new Date().toISOString(),
			expiresAt: this.clock.now() + expiresInMs,
			intervalMs,
			progress: 'waiting',
			asked: 0,
			lastAsked: {},
			slowDowns: 0,
			hasWrongBrand: false,
		};
		this.codes = [...this.codes.slice(-CAPACITY + 1), begun];
		return begun;
	}

	/** By the code for people. */
	find(code: string | null): Registration | undefined {
		return this.codes.find((candidate) => candidate.code === code);
	}

	withDeviceCode(platform: SimulatedPlatform, deviceCode: unknown): Registration | undefined {
		return this.codes.find(
			(candidate) => candidate.platform === platform && candidate.deviceCode === deviceCode,
		);
	}

	/**
	 * A question of the program that waits. `early`: it came sooner than the platform wishes.
	 * Undefined where nobody waits with that code.
	 */
	ask(platform: SimulatedPlatform, deviceCode: unknown, host: string = platform) {
		const asked = this.withDeviceCode(platform, deviceCode);
		if (!asked) return undefined;
		const now = this.clock.now();
		const early = now < (asked.lastAsked[host] ?? -Infinity) + asked.intervalMs * TOLERANCE;
		asked.lastAsked[host] = now;
		asked.asked += 1;
		return { registration: asked, early, state: this.stateOf(asked) };
	}

	stateOf({ progress, expiresAt }: Registration): RegistrationState {
		const isOver = progress === 'denied' || progress === 'used';
		return !isOver && this.clock.now() >= expiresAt ? 'expired' : progress;
	}

	list(): Registration[] {
		return this.codes;
	}

	settings = () => this.timing;

	/** For the codes to come. @throws an Error in words for a name that is none or a value that is no duration */
	set(changes: Partial<Record<string, Record<string, unknown>>>) {
		const next = structuredClone(this.timing) as unknown as Record<string, Record<string, number>>;
		for (const [platform, values] of Object.entries(changes)) {
			for (const [name, value] of Object.entries(values ?? {})) {
				if (!Object.hasOwn(next, platform) || !Object.hasOwn(next[platform]!, name))
					throw new Error(`no ${platform}.${name}`);
				if (typeof value !== 'number' || !(value > 0 && value < Infinity))
					throw new Error(`${platform}.${name} must be a number over 0`);
				next[platform]![name] = value;
			}
		}
		this.timing = next as unknown as Record<SimulatedPlatform, Timing>;
	}

	reset() {
		this.codes = [];
		this.timing = defaults();
	}
}
