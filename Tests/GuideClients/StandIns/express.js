// As much of Express as the guide's backend uses: GET routes with parameters, the query, and JSON answers.
// Whoever calls is an administrator, unless a header says `X-User: guest`.

const http = require('node:http');

class Response {
    constructor(response) {
        this.response = response;
    }

    status(code) {
        this.response.statusCode = code;
        return this;
    }

    json(value) {
        this.response.setHeader('Content-Type', 'application/json');
        this.response.end(JSON.stringify(value));
    }
}

module.exports = function express() {
    const routes = [];

    function handle(request, response) {
        const url = new URL(request.url, 'http://localhost');
        for (const { pattern, handler } of routes) {
            const match = pattern.exec(url.pathname);
            if (!match || request.method !== 'GET') continue;
            request.params = match.groups ?? {};
            request.query = Object.fromEntries(url.searchParams);
            request.user = { isAdmin: request.headers['x-user'] !== 'guest' };
            return handler(request, new Response(response));
        }
        return new Response(response).status(404).json({ error: 'No route' });
    }

    return {
        get(path, handler) {
            routes.push({ pattern: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`), handler });
        },

        // Listens on a free port, whichever is asked for, and says which.
        listen(port, whenListening) {
            const server = http.createServer(handle).listen(0, '127.0.0.1', () => {
                console.log(`Port: ${server.address().port}`);
                whenListening();
            });
        },
    };
};
