--- What is said when a method is called as `object.method(…)`, so that its first argument is taken for the object. The type
--- of that follows.
return "rille: a method was called with a dot; call it with a colon, as object:method(...): its object is a "
