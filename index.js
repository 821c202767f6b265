'use strict';

/**
 * n8n finds the nodes through the `n8n` section of package.json. Programs that `require` the package
 * get its protocol code (signatures, encryption and frames), its API keys, and how bots are connected by a scan,
 * without n8n.
 */
module.exports = {
	...require('./dist/protocol'),
	apiKeys: require('./dist/core/accessTokens/apiKeys'),
	registration: {
		...require('./dist/core/registration/bindings'),
		...require('./dist/core/registration/flow'),
		...require('./dist/core/registration/words'),
		...require('./dist/nodes/platforms/registrations'),
	},
};
