export {};
//# sourceMappingURL=scratch.js.map