import type { BotAccount } from '../bots.ts';
import type { Call, ServiceReply, ServiceRoute } from '../http.ts';
import type { World } from '../world.ts';
import { badCall, callerOf, feishuError, feishuOk } from './answers.ts';

/** Of an app that is held to none: it is said to have what docs/connect/feishu.md asks for. */
const HELD_TO_NONE = {
	tenant: ['im:message', 'im:message.p2p_msg:readonly', 'im:message.group_at_msg:readonly'],
	user: [],
};

const scopesOf = ({ grants }: BotAccount) => grants?.scopes ?? HELD_TO_NONE;

/** Why the app of this call may not do what needs one of these permissions; undefined: it may. */
export function lacksScope(
	call: Call,
	world: World,
	anyOf: readonly string[],
): ServiceReply | undefined {
	const app = callerOf(call, world)!;
	if (!app.grants || anyOf.some((name) => app.grants!.scopes.tenant.includes(name)))
		return undefined;
	const scopes = `[${anyOf.join(', ')}]`;
	return feishuError(
		99991672,
		`Access denied. One of the following scopes is required: ${scopes}.`,
	);
}

/** The permissions of the app that asks; no permission is needed to ask. */
function list(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world);
	if (refusal) return refusal;
	const scopes = scopesOf(callerOf(call, world)!);
	const rows = (type: 'tenant' | 'user') =>
		scopes[type].map((name) => ({ scope_name: name, grant_status: 1, scope_type: type }));
	return feishuOk({ scopes: [...rows('tenant'), ...rows('user')] });
}

export const scopesRoute: ServiceRoute = {
	method: 'GET',
	path: /^\/open-apis\/application\/v6\/scopes$/,
	kind: 'lookup',
	handle: list,
};
