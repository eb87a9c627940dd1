export const silent = () => { };
//# sourceMappingURL=event.js.map