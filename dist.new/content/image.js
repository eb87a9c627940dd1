export {};
//# sourceMappingURL=image.js.map