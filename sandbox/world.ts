import { loadAccounts } from './accounts.ts';
import { Bots } from './bots.ts';
import { Clock } from './clock.ts';
import { createFaults } from './faults.ts';
import { createFiles } from './files.ts';
import { Ledger } from './ledger.ts';
import { createLimits } from './limits.ts';
import { createMask } from './mask.ts';
import { Messages } from './messages.ts';
import { createModelScript } from './model/script.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { createPeople } from './people.ts';
import { Registrations } from './registration/codes.ts';
import { Connections } from './stream/connections.ts';
import { createStreamFaults } from './stream/faults.ts';
import { createStreamSettings } from './stream/settings.ts';
import { createTickets } from './stream/tickets.ts';
import { createTokens } from './tokens.ts';
import type { N8nAccess } from './triggers.ts';

export interface WorldOptions {
	clockOffsetMs?: number;
	scheduleScale?: number;
	/** Where deliveries go, by callback name (`dingtalk`, `wecom-aibot` …). */
	callbacks?: Record<string, string>;
	/** Where the bots of scans outlive a restart. */
	botsFile?: string;
}

export type World = ReturnType<typeof createWorld>;

/** What is kept until the next reset. */
function createState(origin: string, options: WorldOptions) {
	const accounts = loadAccounts(origin);
	const clock = new Clock(options.clockOffsetMs, options.scheduleScale);
	const mask = createMask(accounts);
	return {
		accounts,
		bots: new Bots(accounts, options.botsFile),
		registrations: new Registrations(clock),
		clock,
		mask,
		ledger: new Ledger(mask),
		faults: createFaults(),
		limits: createLimits(clock),
		tokens: createTokens(clock),
		idempotencyKeys: createIdempotencyKeys(clock),
		people: createPeople(),
		messages: new Messages(),
		files: createFiles(),
		model: createModelScript(),
		connections: new Connections(),
		streamFaults: createStreamFaults(),
		streamSettings: createStreamSettings(),
		tickets: createTickets(clock),
	};
}

function resetState(state: ReturnType<typeof createState>) {
	state.connections.reset();
	state.registrations.reset();
	state.ledger.reset();
	state.faults.clear();
	state.limits.reset();
	state.tokens.revoke();
	state.idempotencyKeys.reset();
	state.people.reset();
	state.messages.reset();
	state.files.reset();
	state.model.reset();
	state.streamFaults.clear();
	state.streamSettings.reset();
	state.tickets.reset();
	state.clock.reset();
}

/** Everything the simulated platforms know. One world per running sandbox. */
export function createWorld(origin: string, options: WorldOptions = {}) {
	const state = createState(origin, options);
	const world = {
		origin,
		...state,
		callbacks: { ...options.callbacks } as Record<string, string>,
		/** The n8n whose triggers can be written to; its key is shown to nobody. */
		n8n: undefined as N8nAccess | undefined,
		/** Counts resets, so that a delivery under way over one leaves no redelivery behind. */
		epoch: 0,
		/** Back to the start; callbacks stay, because they belong to the set-up and not to a test. */
		reset() {
			world.end();
			state.bots.reset();
		},
		/** Nothing is under way any more; bots that a file keeps are there at the next start. */
		end() {
			world.epoch += 1;
			resetState(state);
		},
	};
	return world;
}
