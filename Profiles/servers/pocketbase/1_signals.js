/// <reference path="pb_data/types.d.ts" />
// A collection that everybody may write to and listen to, whose records are the signals.
migrate((app) => {
    app.save(new Collection({
        type: "base",
        name: "signals",
        createRule: "",
        listRule: "",
        viewRule: "",
        fields: [
            { name: "room", type: "text" },
            { name: "from", type: "text" },
            { name: "sendto", type: "text" },
            { name: "body", type: "json", maxSize: 2000000 },
        ],
    }))
}, (app) => {
    app.delete(app.findCollectionByNameOrId("signals"))
})
