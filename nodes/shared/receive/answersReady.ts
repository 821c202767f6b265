import type { ICredentialDataDecryptedObject, IHookFunctions, Workflow } from 'n8n-workflow';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { pastedKey } from '../../../protocol/pasted';
import type { TokenSource } from '../http/authenticate';
import { credentialKey } from '../http/tokens';
import { fetchTokenAhead } from '../http/transport';

/*
 * What the first answers of a workflow would wait for, made ready when it is published and when n8n starts. It is
 * the access token of an app that answers with one: a new connection and a request, for all who write before it is
 * there. Of Feishu's bots it is there anyhow (`bot.ts`); DingTalk's and WeCom's AI bots answer without one.
 */

/** When it failed last, by the credential's key and `performance.now()`. */
const failures = new LeastRecentlyUsed<number>(MAX_CREDENTIALS);
/** As long as n8n may take to start all workflows of an app: what was refused to one is not asked for by all. */
const NOT_AGAIN_MS = 60_000;

/** Fetches the access token of a trigger's app where the workflow answers by that app; in the background. */
export function makeAnswersReady(
	ctx: IHookFunctions,
	{ credential: type, answersBy }: { credential: string; answersBy?: TokenSource },
	credential: ICredentialDataDecryptedObject,
): void {
	if (!answersBy || !isUsedBehind(ctx, type)) return;
	const fields = Object.values(answersBy.token.fields);
	if (!fields.every((field) => pastedKey(credential[field]))) return;
	const key = credentialKey(credential);
	if (performance.now() - (failures.get(key) ?? -Infinity) < NOT_AGAIN_MS) return;
	// Where it fails, the answer that needs it says why.
	void fetchTokenAhead(ctx, { ...answersBy, credential }).catch(() => {
		failures.set(key, performance.now());
	});
}

/** Whether a node behind the trigger has the trigger's own credential selected. */
function isUsedBehind(ctx: IHookFunctions, type: string): boolean {
	// n8n's types leave it out, and its `getChildNodes` leaves out credentials.
	const { workflow } = ctx as unknown as { workflow?: Workflow };
	const { name, credentials } = ctx.getNode();
	const id = credentials?.[type]?.id;
	if (!workflow || !id) return false;
	return workflow.getChildNodes(name).some((child) => {
		const node = workflow.nodes[child];
		return !node?.disabled && node?.credentials?.[type]?.id === id;
	});
}
