import { loadAccounts } from './accounts.ts';
import { createClock } from './clock.ts';
import { createFaults } from './faults.ts';
import { createFiles } from './files.ts';
import { createLedger } from './ledger.ts';
import { createLimits } from './limits.ts';
import { createMask } from './mask.ts';
import { createMessages } from './messages.ts';
import { createModelScript } from './model/script.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { createPeople } from './people.ts';
import { createConnections } from './stream/connections.ts';
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
}

export type World = ReturnType<typeof createWorld>;

/** Everything the simulated platforms know. One world per running sandbox. */
export function createWorld(origin: string, options: WorldOptions = {}) {
	const accounts = loadAccounts(origin);
	const clock = createClock(options.clockOffsetMs, options.scheduleScale);
	const mask = createMask(accounts);
	const world = {
		origin,
		accounts,
		clock,
		mask,
		ledger: createLedger(mask),
		faults: createFaults(),
		limits: createLimits(clock),
		tokens: createTokens(clock),
		idempotencyKeys: createIdempotencyKeys(clock),
		people: createPeople(),
		messages: createMessages(),
		files: createFiles(),
		model: createModelScript(),
		connections: createConnections(),
		streamFaults: createStreamFaults(),
		streamSettings: createStreamSettings(),
		tickets: createTickets(clock),
		callbacks: { ...options.callbacks } as Record<string, string>,
		/** The n8n whose triggers can be written to; its key is shown to nobody. */
		n8n: undefined as N8nAccess | undefined,
		/** Counts resets, so that a delivery under way over one leaves no redelivery behind. */
		epoch: 0,
		/** Back to the start; callbacks stay, because they belong to the set-up and not to a test. */
		reset() {
			world.epoch += 1;
			world.connections.reset();
			world.ledger.reset();
			world.faults.clear();
			world.limits.reset();
			world.tokens.revoke();
			world.idempotencyKeys.reset();
			world.people.reset();
			world.messages.reset();
			world.files.reset();
			world.model.reset();
			world.streamFaults.clear();
			world.streamSettings.reset();
			world.tickets.reset();
			world.clock.reset();
		},
	};
	return world;
}
